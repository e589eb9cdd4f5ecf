import { Execution, resultOf } from "./execution.js";
import { randomKey } from "./key.js";
import { isOver } from "./models.js";
import { Stream } from "./stream.js";
/** A session: a namespace of Python that lives on the server. It is a kernel, which notebooks can open, too. */
export class Session {
    http;
    id;
    path;
    constructor(http, id) {
        this.http = http;
        this.id = id;
        this.path = `api/v1/sessions/${encodeURIComponent(id)}`;
    }
    /** How it stands now. */
    get() {
        return this.http.json("GET", this.path);
    }
    /** Starts code, once, also if the call has to be sent again; it runs when its turn comes. */
    async execute(code, options = {}) {
        const model = await this.start(code, options, 0);
        return this.execution(model.id);
    }
    /** Runs plain code to its end. @throws PythonError if it does not end well */
    async run(code, options = {}) {
        resultOf(await this.finish(code, { ...options, mode: "exec" }));
    }
    /** The value of a plain expression, by way of JSON. @throws PythonError if there is none */
    async evaluate(expression, options = {}) {
        return resultOf(await this.finish(expression, { ...options, mode: "eval" }));
    }
    /** Starts to evaluate an expression again and again. Ends an earlier stream of the session. */
    async stream(expr, options = {}) {
        const body = { expr, step_timeout_s: seconds(options.stepTimeoutMs), pace: options.pace };
        const model = await this.http.json("POST", `${this.path}/streams`, once(body, options));
        return new Stream(this.http, this.id, model.id);
    }
    /** An execution that was started before, by whomever. */
    execution(id) {
        return new Execution(this.http, this.id, id);
    }
    /** A stream that was started before. */
    streamOf(id) {
        return new Stream(this.http, this.id, id);
    }
    /** The latest executions, without results. */
    executions() {
        return this.http.json("GET", `${this.path}/executions`);
    }
    /** The latest streams. */
    streams() {
        return this.http.json("GET", `${this.path}/streams`);
    }
    /** Interrupts what runs. */
    async interrupt() {
        await this.http.json("POST", `${this.path}/interrupt`);
    }
    /** Gives it a new process: its variables are gone. */
    async restart() {
        await this.http.json("POST", `${this.path}/restart`);
    }
    /** Ends it. */
    async delete() {
        await this.http.json("DELETE", this.path);
    }
    /** What can stand at a position (in code points; the end without one). */
    complete(code, cursorPos) {
        return this.http.json("POST", `${this.path}/complete`, { body: { code, cursor_pos: cursorPos }, repeatable: true });
    }
    /** What is known of the name at a position. */
    inspect(code, cursorPos, detailLevel = 0) {
        const body = { code, cursor_pos: cursorPos, detail_level: detailLevel };
        return this.http.json("POST", `${this.path}/inspect`, { body, repeatable: true });
    }
    /** Its variables, without modules and names that begin with `_`. */
    variables() {
        return this.http.json("GET", `${this.path}/variables`);
    }
    /** The value of a variable, by way of JSON. */
    variable(name) {
        return this.http.json("GET", `${this.path}/variables/${encodeURIComponent(name)}`);
    }
    /** A file below the session's directory, as it is. */
    async readFile(path) {
        const response = await this.http.open("GET", this.file(path));
        return new Uint8Array(await response.arrayBuffer());
    }
    /** Makes or replaces a file below the session's directory. */
    async writeFile(path, content) {
        const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
        const headers = { "Content-Type": "application/octet-stream" };
        await this.http.open("PUT", this.file(path), { body, headers });
    }
    /** Deletes a file below the session's directory. */
    async deleteFile(path) {
        await this.http.open("DELETE", this.file(path));
    }
    file(path) {
        return `${this.path}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
    }
    async finish(code, options) {
        const model = await this.start(code, options, 20);
        return isOver(model) ? model : this.execution(model.id).wait(options.signal);
    }
    start(code, options, waitS) {
        const body = {
            code,
            mode: options.mode,
            wait_s: waitS,
            timeout_s: seconds(options.timeoutMs),
            allow_stdin: options.allowStdin,
            store_history: options.storeHistory,
            stop_on_error: options.stopOnError,
        };
        return this.http.json("POST", `${this.path}/executions`, once(body, options));
    }
}
/** A call that does what it does once, however often it is sent. */
function once(body, options) {
    const headers = { "Idempotency-Key": options.key ?? randomKey() };
    return { body, headers, repeatable: true, signal: options.signal };
}
function seconds(ms) {
    return ms === undefined ? undefined : ms / 1000;
}
