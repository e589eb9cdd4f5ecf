import { HttpError } from "./errors.js";
import { Http } from "./http.js";
import { randomKey } from "./key.js";
import { asError, checkValue } from "./pathview.js";
import { Streams } from "./streams.js";
const INIT_MS = 120_000;
const CALL_MS = 300_000;
/** PathView's own client keeps its session's id here, and tells the other pages of its end. */
const SHARED = "flask-session-id";
const CHANNEL = "flask-session";
/** A session of a server with PathView's API (`penstock serve --api pathview`), as PathView's page drives one. */
export class Backend {
    http;
    packages;
    session;
    reader = randomKey();
    listeners = new Set();
    channel;
    state = { initialized: false, loading: false, error: null, progress: "" };
    ready;
    streams;
    stdout = () => { };
    stderr = () => { };
    constructor(options = {}) {
        this.http = new Http(options);
        this.packages = options.packages ?? [];
        this.session = options.session ?? sharedSession();
        this.streams = new Streams((path, body) => this.call("POST", path, body, CALL_MS), () => this.init(), (message) => this.hear(message));
        if (options.session === undefined && typeof window !== "undefined") {
            this.channel = new BroadcastChannel(CHANNEL);
            this.channel.onmessage = ({ data }) => {
                if (data?.type === "session-terminated") {
                    this.forget();
                }
            };
        }
    }
    /** Makes the session ready, once: later calls wait for the first. One that failed is tried again by the next. */
    init() {
        this.ready ??= this.prepare().catch((error) => {
            this.ready = undefined;
            this.tell({ loading: false, error: asError(error).message, progress: "" });
            throw error;
        });
        return this.ready;
    }
    /** Ends the session, for all pages that share it. */
    async terminate() {
        this.streams.leave();
        this.forget();
        await this.call("DELETE", "api/session", undefined, INIT_MS);
        this.channel?.postMessage({ type: "session-terminated" });
    }
    getState() {
        return this.state;
    }
    /** Calls back now and with each change; the function that ends it. */
    subscribe(listener) {
        this.listeners.add(listener);
        listener(this.state);
        return () => this.listeners.delete(listener);
    }
    isReady() {
        return this.state.initialized;
    }
    isLoading() {
        return this.state.loading;
    }
    getError() {
        return this.state.error;
    }
    /** Runs code to its end. Errors are those of Python with their traceback, 500 and 504 if its worker is gone. */
    async exec(code, timeoutMs = CALL_MS) {
        const said = await this.run("api/exec", { id: randomKey(), code }, timeoutMs);
        if (said["type"] !== "ok") {
            throw new TypeError("the answer to exec is not that of a server of PathView");
        }
    }
    /** The value of an expression. */
    async evaluate(expr, timeoutMs = CALL_MS) {
        return checkValue(await this.run("api/eval", { id: randomKey(), expr }, timeoutMs));
    }
    /**
     * Evaluates an expression again and again. One that runs is stopped first, and has told its end. Then exactly one of
     * `onDone` and `onError` is called, after the last `onData`. Settled when it has started or failed to.
     */
    startStreaming(expr, onData, onDone, onError) {
        return this.streams.start(expr, { onData: onData, onDone, onError });
    }
    /** Asks the stream to end after its step; settled when the server has said that it has ended. */
    stopStreaming() {
        return this.streams.stop();
    }
    /** Whether a stream runs: until the server has said that it has ended. */
    isStreaming() {
        return this.streams.isRunning();
    }
    /** Runs code before the stream's next step. Its errors come on stderr. */
    async execDuringStreaming(code) {
        await this.call("POST", "api/stream/exec", { code }, CALL_MS);
    }
    /** Interrupts what runs. */
    async interrupt() {
        await this.call("POST", "api/interrupt", {}, CALL_MS);
    }
    /** What is written; the latest callback has it. */
    onStdout(callback) {
        this.stdout = callback;
    }
    onStderr(callback) {
        this.stderr = callback;
    }
    async prepare() {
        this.tell({ initialized: false, loading: true, error: null, progress: "Starting the session..." });
        const said = await this.call("POST", "api/init", { packages: this.packages }, INIT_MS);
        if (said["type"] !== "ready" || !Array.isArray(said["messages"])) {
            throw new TypeError("the answer to init is not that of a server of PathView");
        }
        for (const message of said["messages"]) {
            this.hear(message);
        }
        this.tell({ initialized: true, loading: false, progress: "" });
    }
    /** Calls that make the session ready, and hand on what was written. */
    async run(path, body, timeoutMs) {
        await this.init();
        const said = await this.call("POST", path, body, timeoutMs);
        this.hearBoth(said);
        return said;
    }
    async call(method, path, body, ms) {
        const headers = { "X-Session-ID": this.session, "X-Reader-ID": this.reader };
        try {
            const said = await this.http.json(method, path, { body, headers, signal: AbortSignal.timeout(ms) });
            if (typeof said !== "object" || said === null || Array.isArray(said)) {
                throw new TypeError(`the answer to ${path} is no object`);
            }
            return said;
        }
        catch (error) {
            if (error instanceof HttpError) {
                this.failed(error);
            }
            throw error;
        }
    }
    /** What was written until an error; and whether the worker is gone, which the next call then replaces. */
    failed(error) {
        this.hearBoth(error.body);
        const why = error.body["errorType"];
        if (why === "worker-crashed" || why === "timeout") {
            this.stderr("Python worker crashed, restarting on next request...\n");
            this.forget();
        }
    }
    hearBoth(said) {
        for (const type of ["stdout", "stderr"]) {
            const value = said[type];
            if (typeof value === "string") {
                this.hear({ type, value });
            }
        }
    }
    hear(message) {
        if (message.type === "stdout") {
            this.stdout(message.value ?? "");
        }
        else if (message.type === "stderr") {
            this.stderr(message.value ?? "");
        }
        else if (message.type === "progress") {
            this.tell({ progress: message.value ?? "" });
        }
    }
    /** The session is gone: the next call begins anew. */
    forget() {
        this.ready = undefined;
        this.tell({ initialized: false, loading: false, error: null, progress: "" });
    }
    tell(change) {
        this.state = { ...this.state, ...change };
        for (const listener of this.listeners) {
            listener(this.state);
        }
    }
}
function sharedSession() {
    if (typeof window === "undefined") {
        return randomKey();
    }
    const kept = localStorage.getItem(SHARED) ?? randomKey();
    localStorage.setItem(SHARED, kept);
    return kept;
}
