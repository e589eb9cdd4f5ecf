import { ConnectionError, HttpError } from "./errors.js";
import { Patience, reasonOf } from "./wait.js";

/** Where a server is, and how it is called. */
export interface ClientOptions {
  /** The server's address; without it that of the page. A path before `/api` belongs to it. */
  url?: string | URL;
  /** The server's token; a page that has its cookie needs none. */
  token?: string;
  /** How long a server that has answered once may be away before calls that can be repeated fail, in ms (60,000). */
  giveUpMs?: number;
  /** How long a stream may be silent before it is asked for again, in ms (45,000): the server says something every 15 s. */
  silenceMs?: number;
  /** In place of the global `fetch`. */
  fetch?: typeof fetch;
}

/** One call. */
export interface CallOptions {
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Whether it may be sent again when its answer was lost. */
  repeatable?: boolean;
  /** Stops waiting for the answer. What was asked for goes on. */
  signal?: AbortSignal | undefined;
}

/** Proxies answer with these while the server behind them is away. */
const AWAY = new Set([502, 503, 504]);

/** Calls of one server. */
export class Http {
  readonly giveUpMs: number;
  readonly silenceMs: number;
  /** One that was never there is not waited for: its address is wrong. */
  private answered = false;
  private readonly root: string;
  private readonly headers: Record<string, string>;
  private readonly fetch: typeof fetch;

  constructor(options: ClientOptions) {
    const page = (globalThis as { location?: { href: string } }).location?.href;
    if (options.url === undefined && page === undefined) {
      throw new TypeError("url is missing: the address of the server, such as http://127.0.0.1:8888/");
    }
    const url = new URL(options.url ?? "/", page);
    this.root = url.origin + url.pathname.replace(/\/*$/, "/");
    this.headers = options.token ? { Authorization: `token ${options.token}` } : {};
    this.giveUpMs = options.giveUpMs ?? 60_000;
    this.silenceMs = options.silenceMs ?? 45_000;
    const chosen = options.fetch ?? globalThis.fetch;
    this.fetch = (input, init) => chosen(input, init);
  }

  /** Calls a path below the server's address; the answer's JSON, undefined if it has no body. */
  async json<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
    const repeatable = options.repeatable ?? method === "GET";
    const patience = new Patience(this.giveUpMs);
    for (;;) {
      try {
        const response = await this.open(method, path, options);
        const text = await this.text(response);
        return (text === "" ? undefined : JSON.parse(text)) as T;
      } catch (error) {
        if (!repeatable || !this.isAway(error) || !(await patience.again(options.signal))) {
          throw error;
        }
      }
    }
  }

  /**
   * Calls a path, once; the answer, whose body is still to come.
   *
   * @throws HttpError if it is no success, {@link ConnectionError} if there is none
   */
  async open(method: string, path: string, options: CallOptions = {}): Promise<Response> {
    const headers: Record<string, string> = { ...this.headers, ...options.headers };
    const init: RequestInit = { method, headers, signal: options.signal ?? null };
    if (options.body !== undefined) {
      headers["Content-Type"] ??= "application/json";
      init.body = options.body instanceof Uint8Array ? (options.body as BodyInit) : JSON.stringify(options.body);
    }
    let response: Response;
    try {
      response = await this.fetch(this.root + path, init);
    } catch (error) {
      throw this.lost(error, options.signal);
    }
    this.answered = true;
    if (!response.ok) {
      throw await this.complaint(response);
    }
    return response;
  }

  /** What a failed call or a cut body is to its caller. */
  lost(error: unknown, signal?: AbortSignal): unknown {
    return signal?.aborted
      ? reasonOf(signal)
      : new ConnectionError(`no answer from ${this.root}: is the server running?`, { cause: error });
  }

  /** Whether a call failed because the server is away for a while: then it may be tried again. */
  isAway(error: unknown): boolean {
    return error instanceof HttpError ? AWAY.has(error.status) : error instanceof ConnectionError && this.answered;
  }

  private async text(response: Response): Promise<string> {
    try {
      return await response.text();
    } catch (error) {
      throw this.lost(error);
    }
  }

  /** The server's message, or PathView's `error` and `traceback`; of others the status alone. */
  private async complaint(response: Response): Promise<HttpError> {
    const text = await this.text(response);
    const status = `${response.status} ${response.statusText}`.trim();
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return new HttpError(response.status, status); // a proxy's page
    }
    if (typeof body !== "object" || body === null) {
      return new HttpError(response.status, status);
    }
    const said = body as Record<string, unknown>;
    const lines = [said["message"] ?? said["error"], said["traceback"]].filter((part) => typeof part === "string" && part);
    return new HttpError(response.status, lines.join("\n") || status, said);
  }
}
