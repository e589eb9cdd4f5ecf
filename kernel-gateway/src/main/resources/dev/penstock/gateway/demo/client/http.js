import { ConnectionError, HttpError } from "./errors.js";
import { Patience, reasonOf } from "./wait.js";
/** Proxies answer with these while the server behind them is away. */
const AWAY = new Set([502, 503, 504]);
/** Calls of one server. */
export class Http {
    giveUpMs;
    silenceMs;
    /** One that was never there is not waited for: its address is wrong. */
    answered = false;
    root;
    headers;
    fetch;
    constructor(options) {
        const page = globalThis.location?.href;
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
    async json(method, path, options = {}) {
        const repeatable = options.repeatable ?? method === "GET";
        const patience = new Patience(this.giveUpMs);
        for (;;) {
            try {
                const response = await this.open(method, path, options);
                const text = await this.text(response);
                return (text === "" ? undefined : JSON.parse(text));
            }
            catch (error) {
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
    async open(method, path, options = {}) {
        const headers = { ...this.headers, ...options.headers };
        const init = { method, headers, signal: options.signal ?? null };
        if (options.body !== undefined) {
            headers["Content-Type"] ??= "application/json";
            init.body = options.body instanceof Uint8Array ? options.body : JSON.stringify(options.body);
        }
        let response;
        try {
            response = await this.fetch(this.root + path, init);
        }
        catch (error) {
            throw this.lost(error, options.signal);
        }
        this.answered = true;
        if (!response.ok) {
            throw await this.complaint(response);
        }
        return response;
    }
    /** What a failed call or a cut body is to its caller. */
    lost(error, signal) {
        return signal?.aborted
            ? reasonOf(signal)
            : new ConnectionError(`no answer from ${this.root}: is the server running?`, { cause: error });
    }
    /** Whether a call failed because the server is away for a while: then it may be tried again. */
    isAway(error) {
        return error instanceof HttpError ? AWAY.has(error.status) : error instanceof ConnectionError && this.answered;
    }
    async text(response) {
        try {
            return await response.text();
        }
        catch (error) {
            throw this.lost(error);
        }
    }
    /** The server's message, or PathView's `error` and `traceback`; of others the status alone. */
    async complaint(response) {
        const text = await this.text(response);
        const status = `${response.status} ${response.statusText}`.trim();
        let body;
        try {
            body = JSON.parse(text);
        }
        catch {
            return new HttpError(response.status, status); // a proxy's page
        }
        if (typeof body !== "object" || body === null) {
            return new HttpError(response.status, status);
        }
        const said = body;
        const lines = [said["message"] ?? said["error"], said["traceback"]].filter((part) => typeof part === "string" && part);
        return new HttpError(response.status, lines.join("\n") || status, said);
    }
}
