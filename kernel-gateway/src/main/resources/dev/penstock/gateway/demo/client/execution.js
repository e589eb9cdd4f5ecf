import { PythonError } from "./errors.js";
import { isOver } from "./models.js";
import { readOutputs } from "./outputs.js";
/** Seconds that one call waits for an end; then it is asked again. */
const WAIT_S = 20;
/** Code that waits, runs or has run. It is on the server whether anybody looks or not, and can be read again. */
export class Execution {
    http;
    session;
    id;
    path;
    /** @param session id of its session */
    constructor(http, session, id, kind = "executions") {
        this.http = http;
        this.session = session;
        this.id = id;
        this.path = `api/v1/sessions/${encodeURIComponent(session)}/${kind}/${encodeURIComponent(id)}`;
    }
    /** All it says, from its beginning to its exit. */
    [Symbol.asyncIterator]() {
        return this.outputs();
    }
    /** What it says, to its exit; each output once, also when the connection is cut. As often as one likes. */
    outputs(options = {}) {
        return readOutputs(this.http, `${this.path}/outputs`, options);
    }
    /** How it stands now. */
    get(signal) {
        return this.http.json("GET", this.path, { signal });
    }
    /** Waits for its end, however it ends. */
    async wait(signal) {
        for (;;) {
            const model = await this.http.json("GET", `${this.path}?wait_s=${WAIT_S}`, { signal });
            if (isOver(model)) {
                return model;
            }
        }
    }
    /**
     * Waits for its end; an evaluation's value, of a cell the content of its last `execute_result`, else null.
     *
     * @throws PythonError if it does not end well
     */
    async result(signal) {
        return resultOf(await this.wait(signal));
    }
    /** Answers its question for input. Error 409 if it asks nothing. */
    answer(value) {
        return this.http.json("POST", `${this.path}/stdin`, { body: { value } });
    }
    /** Interrupts it. Error 409 if it does not run. */
    interrupt() {
        return this.http.json("POST", `${this.path}/interrupt`);
    }
    /** If it waits, it never runs; if it runs, it is interrupted. */
    async cancel() {
        await this.http.json("POST", `${this.path}/cancel`, { repeatable: true });
    }
}
/** The result of what has ended. */
export function resultOf(model) {
    if (model.state !== "ok") {
        throw new PythonError(model.error ?? { ename: model.state });
    }
    return (model.result ?? null);
}
