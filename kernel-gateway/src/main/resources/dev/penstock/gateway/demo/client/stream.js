import { PythonError } from "./errors.js";
import { readOutputs } from "./outputs.js";
/** An expression that is evaluated again and again; an iteration over it has its values. */
export class Stream {
    http;
    id;
    path;
    session;
    /** @param session id of its session */
    constructor(http, session, id) {
        this.http = http;
        this.id = id;
        this.session = `api/v1/sessions/${encodeURIComponent(session)}`;
        this.path = `${this.session}/streams/${encodeURIComponent(id)}`;
    }
    /**
     * Its values, from the first one that is kept, until it ends; each once, also when the connection is cut.
     *
     * @throws PythonError if it ends with an error
     */
    [Symbol.asyncIterator]() {
        return this.values();
    }
    /** Its values; {@link outputs} also has what it writes, and tells of values that are lost. */
    async *values(options = {}) {
        for await (const output of this.outputs(options)) {
            if (output.type === "value") {
                yield output.value;
            }
            else if (output.type === "exit" && output.exit.state === "error") {
                throw new PythonError(output.exit);
            }
        }
    }
    /** All it says: values, text, gaps, its exit. */
    outputs(options = {}) {
        return readOutputs(this.http, `${this.path}/data`, options);
    }
    /** How it stands now. */
    get(signal) {
        return this.http.json("GET", this.path, { signal });
    }
    /** Runs code before the next step. Error 409 if the stream has ended. */
    exec(code) {
        return this.http.json("POST", `${this.path}/exec`, { body: { code } });
    }
    /** Stops it after its step, and waits for its end, 60 s at most; how it stands then. */
    stop() {
        return this.http.json("POST", `${this.path}/stop?wait_s=60`, { repeatable: true });
    }
    /** Interrupts its step; it ends. */
    async cancel() {
        await this.http.json("POST", `${this.session}/executions/${encodeURIComponent(this.id)}/cancel`, {
            repeatable: true,
        });
    }
}
