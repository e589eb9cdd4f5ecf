import { PythonError } from "./errors.js";
import type { Http } from "./http.js";
import type { ExecutionModel } from "./models.js";
import { type Output, type OutputOptions, readOutputs } from "./outputs.js";

/** An expression that is evaluated again and again; an iteration over it has its values. */
export class Stream<T = unknown> implements AsyncIterable<T> {
  private readonly path: string;
  private readonly session: string;

  /** @param session id of its session */
  constructor(
    private readonly http: Http,
    session: string,
    readonly id: string,
  ) {
    this.session = `api/v1/sessions/${encodeURIComponent(session)}`;
    this.path = `${this.session}/streams/${encodeURIComponent(id)}`;
  }

  /**
   * Its values, from the first one that is kept, until it ends; each once, also when the connection is cut.
   *
   * @throws PythonError if it ends with an error
   */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.values();
  }

  /** Its values; {@link outputs} also has what it writes, and tells of values that are lost. */
  async *values(options: OutputOptions = {}): AsyncGenerator<T, void, undefined> {
    for await (const output of this.outputs(options)) {
      if (output.type === "value") {
        yield output.value;
      } else if (output.type === "exit" && output.exit.state === "error") {
        throw new PythonError(output.exit);
      }
    }
  }

  /** All it says: values, text, gaps, its exit. */
  outputs(options: OutputOptions = {}): AsyncGenerator<Output<T>, void, undefined> {
    return readOutputs<T>(this.http, `${this.path}/data`, options);
  }

  /** How it stands now. */
  get(signal?: AbortSignal): Promise<ExecutionModel> {
    return this.http.json("GET", this.path, { signal });
  }

  /** Runs code before the next step. Error 409 if the stream has ended. */
  exec(code: string): Promise<void> {
    return this.http.json("POST", `${this.path}/exec`, { body: { code } });
  }

  /** Stops it after its step, and waits for its end, 60 s at most; how it stands then. */
  stop(): Promise<ExecutionModel> {
    return this.http.json("POST", `${this.path}/stop?wait_s=60`, { repeatable: true });
  }

  /** Interrupts its step; it ends. */
  async cancel(): Promise<void> {
    await this.http.json("POST", `${this.session}/executions/${encodeURIComponent(this.id)}/cancel`, {
      repeatable: true,
    });
  }
}
