import { HttpError } from "./errors.js";
import { type ClientOptions, Http } from "./http.js";
import { randomKey } from "./key.js";
import { asError, checkValue, type Message } from "./pathview.js";
import { Streams } from "./streams.js";

/** A package that a session needs: imported, else installed. */
export interface Package {
  pip: string;
  import: string;
  required: boolean;
  pre?: boolean;
}

export interface BackendState {
  initialized: boolean;
  loading: boolean;
  error: string | null;
  progress: string;
}

export interface BackendOptions extends ClientOptions {
  /** What the session needs. */
  packages?: Package[];
  /** The session's id; without it the one that all pages of this origin share, elsewhere one of its own. */
  session?: string;
}

const INIT_MS = 120_000;
const CALL_MS = 300_000;
/** PathView's own client keeps its session's id here, and tells the other pages of its end. */
const SHARED = "flask-session-id";
const CHANNEL = "flask-session";

/** A session of a server with PathView's API (`penstock serve --api pathview`), as PathView's page drives one. */
export class Backend {
  private readonly http: Http;
  private readonly packages: Package[];
  private readonly session: string;
  private readonly reader = randomKey();
  private readonly listeners = new Set<(state: BackendState) => void>();
  private readonly channel: BroadcastChannel | undefined;
  private state: BackendState = { initialized: false, loading: false, error: null, progress: "" };
  private ready: Promise<void> | undefined;
  private readonly streams: Streams;
  private stdout: (text: string) => void = () => {};
  private stderr: (text: string) => void = () => {};

  constructor(options: BackendOptions = {}) {
    this.http = new Http(options);
    this.packages = options.packages ?? [];
    this.session = options.session ?? sharedSession();
    this.streams = new Streams(
      (path, body) => this.call("POST", path, body, CALL_MS),
      () => this.init(),
      (message) => this.hear(message),
    );
    if (options.session === undefined && typeof window !== "undefined") {
      this.channel = new BroadcastChannel(CHANNEL);
      this.channel.onmessage = ({ data }) => {
        if ((data as { type?: unknown })?.type === "session-terminated") {
          this.forget();
        }
      };
    }
  }

  /** Makes the session ready, once: later calls wait for the first. One that failed is tried again by the next. */
  init(): Promise<void> {
    this.ready ??= this.prepare().catch((error: unknown) => {
      this.ready = undefined;
      this.tell({ loading: false, error: asError(error).message, progress: "" });
      throw error;
    });
    return this.ready;
  }

  /** Ends the session, for all pages that share it. */
  async terminate(): Promise<void> {
    this.streams.leave();
    this.forget();
    await this.call("DELETE", "api/session", undefined, INIT_MS);
    this.channel?.postMessage({ type: "session-terminated" });
  }

  getState(): BackendState {
    return this.state;
  }

  /** Calls back now and with each change; the function that ends it. */
  subscribe(listener: (state: BackendState) => void): () => void {
    this.listeners.add(listener);
    listener(this.state);
    return () => this.listeners.delete(listener);
  }

  isReady(): boolean {
    return this.state.initialized;
  }

  isLoading(): boolean {
    return this.state.loading;
  }

  getError(): string | null {
    return this.state.error;
  }

  /** Runs code to its end. Errors are those of Python with their traceback, 500 and 504 if its worker is gone. */
  async exec(code: string, timeoutMs = CALL_MS): Promise<void> {
    const said = await this.run("api/exec", { id: randomKey(), code }, timeoutMs);
    if (said["type"] !== "ok") {
      throw new TypeError("the answer to exec is not that of a server of PathView");
    }
  }

  /** The value of an expression. */
  async evaluate<T = unknown>(expr: string, timeoutMs = CALL_MS): Promise<T> {
    return checkValue(await this.run("api/eval", { id: randomKey(), expr }, timeoutMs)) as T;
  }

  /**
   * Evaluates an expression again and again. One that runs is stopped first, and has told its end. Then exactly one of
   * `onDone` and `onError` is called, after the last `onData`. Settled when it has started or failed to.
   */
  startStreaming<T = unknown>(
    expr: string,
    onData: (data: T) => void,
    onDone: () => void,
    onError: (error: Error) => void,
  ): Promise<void> {
    return this.streams.start(expr, { onData: onData as (data: unknown) => void, onDone, onError });
  }

  /** Asks the stream to end after its step; settled when the server has said that it has ended. */
  stopStreaming(): Promise<void> {
    return this.streams.stop();
  }

  /** Whether a stream runs: until the server has said that it has ended. */
  isStreaming(): boolean {
    return this.streams.isRunning();
  }

  /** Runs code before the stream's next step. Its errors come on stderr. */
  async execDuringStreaming(code: string): Promise<void> {
    await this.call("POST", "api/stream/exec", { code }, CALL_MS);
  }

  /** Interrupts what runs. */
  async interrupt(): Promise<void> {
    await this.call("POST", "api/interrupt", {}, CALL_MS);
  }

  /** What is written; the latest callback has it. */
  onStdout(callback: (text: string) => void): void {
    this.stdout = callback;
  }

  onStderr(callback: (text: string) => void): void {
    this.stderr = callback;
  }

  private async prepare(): Promise<void> {
    this.tell({ initialized: false, loading: true, error: null, progress: "Starting the session..." });
    const said = await this.call("POST", "api/init", { packages: this.packages }, INIT_MS);
    if (said["type"] !== "ready" || !Array.isArray(said["messages"])) {
      throw new TypeError("the answer to init is not that of a server of PathView");
    }
    for (const message of said["messages"] as Message[]) {
      this.hear(message);
    }
    this.tell({ initialized: true, loading: false, progress: "" });
  }

  /** Calls that make the session ready, and hand on what was written. */
  private async run(path: string, body: object, timeoutMs: number): Promise<Record<string, unknown>> {
    await this.init();
    const said = await this.call("POST", path, body, timeoutMs);
    this.hearBoth(said);
    return said;
  }

  private async call(method: string, path: string, body: unknown, ms: number): Promise<Record<string, unknown>> {
    const headers = { "X-Session-ID": this.session, "X-Reader-ID": this.reader };
    try {
      const said = await this.http.json<unknown>(method, path, { body, headers, signal: AbortSignal.timeout(ms) });
      if (typeof said !== "object" || said === null || Array.isArray(said)) {
        throw new TypeError(`the answer to ${path} is no object`);
      }
      return said as Record<string, unknown>;
    } catch (error) {
      if (error instanceof HttpError) {
        this.failed(error);
      }
      throw error;
    }
  }

  /** What was written until an error; and whether the worker is gone, which the next call then replaces. */
  private failed(error: HttpError): void {
    this.hearBoth(error.body);
    const why = error.body["errorType"];
    if (why === "worker-crashed" || why === "timeout") {
      this.stderr("Python worker crashed, restarting on next request...\n");
      this.forget();
    }
  }

  private hearBoth(said: Record<string, unknown>): void {
    for (const type of ["stdout", "stderr"] as const) {
      const value = said[type];
      if (typeof value === "string") {
        this.hear({ type, value });
      }
    }
  }

  private hear(message: Message): void {
    if (message.type === "stdout") {
      this.stdout(message.value ?? "");
    } else if (message.type === "stderr") {
      this.stderr(message.value ?? "");
    } else if (message.type === "progress") {
      this.tell({ progress: message.value ?? "" });
    }
  }

  /** The session is gone: the next call begins anew. */
  private forget(): void {
    this.ready = undefined;
    this.tell({ initialized: false, loading: false, error: null, progress: "" });
  }

  private tell(change: Partial<BackendState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) {
      listener(this.state);
    }
  }
}

function sharedSession(): string {
  if (typeof window === "undefined") {
    return randomKey();
  }
  const kept = localStorage.getItem(SHARED) ?? randomKey();
  localStorage.setItem(SHARED, kept);
  return kept;
}
