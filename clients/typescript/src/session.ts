import { Execution, resultOf } from "./execution.js";
import type { CallOptions, Http } from "./http.js";
import { randomKey } from "./key.js";
import type { CompleteReply, ExecutionModel, InspectReply, SessionModel, Variable } from "./models.js";
import { isOver } from "./models.js";
import { Stream } from "./stream.js";

export interface ExecuteOptions {
  /** `cell`: as in a notebook (the default); `exec`: plain code; `eval`: a plain expression. */
  mode?: "cell" | "exec" | "eval";
  /** How long it may run, in ms; then it is interrupted, and its error is `TimeoutError`. */
  timeoutMs?: number;
  /** Whether its questions for input are answered (false). */
  allowStdin?: boolean;
  /** Whether a cell counts and is remembered (true). */
  storeHistory?: boolean;
  /** Whether an error of a cell aborts those that wait behind it (false). */
  stopOnError?: boolean;
  /** A call with a key that was used is answered with what that one started. One is made up without it. */
  key?: string;
  /** Stops waiting. The code runs on. */
  signal?: AbortSignal;
}

export interface StreamOptions {
  /** How long one step may take, in ms. */
  stepTimeoutMs?: number;
  /** How many values may be unread by the reader who is furthest on: then it waits, and none is lost. */
  pace?: number;
  key?: string;
  signal?: AbortSignal;
}

/** A session: a namespace of Python that lives on the server. It is a kernel, which notebooks can open, too. */
export class Session {
  private readonly path: string;

  constructor(
    private readonly http: Http,
    readonly id: string,
  ) {
    this.path = `api/v1/sessions/${encodeURIComponent(id)}`;
  }

  /** How it stands now. */
  get(): Promise<SessionModel> {
    return this.http.json("GET", this.path);
  }

  /** Starts code, once, also if the call has to be sent again; it runs when its turn comes. */
  async execute(code: string, options: ExecuteOptions = {}): Promise<Execution> {
    const model = await this.start(code, options, 0);
    return this.execution(model.id);
  }

  /** Runs plain code to its end. @throws PythonError if it does not end well */
  async run(code: string, options: Omit<ExecuteOptions, "mode"> = {}): Promise<void> {
    resultOf(await this.finish(code, { ...options, mode: "exec" }));
  }

  /** The value of a plain expression, by way of JSON. @throws PythonError if there is none */
  async evaluate<T = unknown>(expression: string, options: Omit<ExecuteOptions, "mode"> = {}): Promise<T> {
    return resultOf<T>(await this.finish(expression, { ...options, mode: "eval" }));
  }

  /** Starts to evaluate an expression again and again. Ends an earlier stream of the session. */
  async stream<T = unknown>(expr: string, options: StreamOptions = {}): Promise<Stream<T>> {
    const body = { expr, step_timeout_s: seconds(options.stepTimeoutMs), pace: options.pace };
    const model = await this.http.json<ExecutionModel>("POST", `${this.path}/streams`, once(body, options));
    return new Stream<T>(this.http, this.id, model.id);
  }

  /** An execution that was started before, by whomever. */
  execution(id: string): Execution {
    return new Execution(this.http, this.id, id);
  }

  /** A stream that was started before. */
  streamOf<T = unknown>(id: string): Stream<T> {
    return new Stream<T>(this.http, this.id, id);
  }

  /** The latest executions, without results. */
  executions(): Promise<ExecutionModel[]> {
    return this.http.json("GET", `${this.path}/executions`);
  }

  /** The latest streams. */
  streams(): Promise<ExecutionModel[]> {
    return this.http.json("GET", `${this.path}/streams`);
  }

  /** Interrupts what runs. */
  async interrupt(): Promise<void> {
    await this.http.json("POST", `${this.path}/interrupt`);
  }

  /** Gives it a new process: its variables are gone. */
  async restart(): Promise<void> {
    await this.http.json("POST", `${this.path}/restart`);
  }

  /** Ends it. */
  async delete(): Promise<void> {
    await this.http.json("DELETE", this.path);
  }

  /** What can stand at a position (in code points; the end without one). */
  complete(code: string, cursorPos?: number): Promise<CompleteReply> {
    return this.http.json("POST", `${this.path}/complete`, { body: { code, cursor_pos: cursorPos }, repeatable: true });
  }

  /** What is known of the name at a position. */
  inspect(code: string, cursorPos?: number, detailLevel: 0 | 1 = 0): Promise<InspectReply> {
    const body = { code, cursor_pos: cursorPos, detail_level: detailLevel };
    return this.http.json("POST", `${this.path}/inspect`, { body, repeatable: true });
  }

  /** Its variables, without modules and names that begin with `_`. */
  variables(): Promise<Variable[]> {
    return this.http.json("GET", `${this.path}/variables`);
  }

  /** The value of a variable, by way of JSON. */
  variable<T = unknown>(name: string): Promise<T> {
    return this.http.json("GET", `${this.path}/variables/${encodeURIComponent(name)}`);
  }

  /** A file below the session's directory, as it is. */
  async readFile(path: string): Promise<Uint8Array> {
    const response = await this.http.open("GET", this.file(path));
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Makes or replaces a file below the session's directory. */
  async writeFile(path: string, content: Uint8Array | string): Promise<void> {
    const body = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const headers = { "Content-Type": "application/octet-stream" };
    await this.http.open("PUT", this.file(path), { body, headers });
  }

  /** Deletes a file below the session's directory. */
  async deleteFile(path: string): Promise<void> {
    await this.http.open("DELETE", this.file(path));
  }

  private file(path: string): string {
    return `${this.path}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
  }

  private async finish(code: string, options: ExecuteOptions): Promise<ExecutionModel> {
    const model = await this.start(code, options, 20);
    return isOver(model) ? model : this.execution(model.id).wait(options.signal);
  }

  private start(code: string, options: ExecuteOptions, waitS: number): Promise<ExecutionModel> {
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
function once(body: unknown, options: { key?: string; signal?: AbortSignal }): CallOptions {
  const headers = { "Idempotency-Key": options.key ?? randomKey() };
  return { body, headers, repeatable: true, signal: options.signal };
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
