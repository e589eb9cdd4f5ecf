import { PythonError } from "./errors.js";
import type { Http } from "./http.js";
import { type ExecutionModel, isOver } from "./models.js";
import { type Output, type OutputOptions, readOutputs } from "./outputs.js";

/** Seconds that one call waits for an end; then it is asked again. */
const WAIT_S = 20;

/** Code that waits, runs or has run. It is on the server whether anybody looks or not, and can be read again. */
export class Execution implements AsyncIterable<Output> {
  protected readonly path: string;

  /** @param session id of its session */
  constructor(
    protected readonly http: Http,
    readonly session: string,
    readonly id: string,
    kind: "executions" | "streams" = "executions",
  ) {
    this.path = `api/v1/sessions/${encodeURIComponent(session)}/${kind}/${encodeURIComponent(id)}`;
  }

  /** All it says, from its beginning to its exit. */
  [Symbol.asyncIterator](): AsyncGenerator<Output, void, undefined> {
    return this.outputs();
  }

  /** What it says, to its exit; each output once, also when the connection is cut. As often as one likes. */
  outputs(options: OutputOptions = {}): AsyncGenerator<Output, void, undefined> {
    return readOutputs(this.http, `${this.path}/outputs`, options);
  }

  /** How it stands now. */
  get(signal?: AbortSignal): Promise<ExecutionModel> {
    return this.http.json("GET", this.path, { signal });
  }

  /** Waits for its end, however it ends. */
  async wait(signal?: AbortSignal): Promise<ExecutionModel> {
    for (;;) {
      const model = await this.http.json<ExecutionModel>("GET", `${this.path}?wait_s=${WAIT_S}`, { signal });
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
  async result<T = unknown>(signal?: AbortSignal): Promise<T> {
    return resultOf<T>(await this.wait(signal));
  }

  /** Answers its question for input. Error 409 if it asks nothing. */
  answer(value: string): Promise<void> {
    return this.http.json("POST", `${this.path}/stdin`, { body: { value } });
  }

  /** Interrupts it. Error 409 if it does not run. */
  interrupt(): Promise<void> {
    return this.http.json("POST", `${this.path}/interrupt`);
  }

  /** If it waits, it never runs; if it runs, it is interrupted. */
  async cancel(): Promise<void> {
    await this.http.json("POST", `${this.path}/cancel`, { repeatable: true });
  }
}

/** The result of what has ended. */
export function resultOf<T>(model: ExecutionModel): T {
  if (model.state !== "ok") {
    throw new PythonError(model.error ?? { ename: model.state });
  }
  return (model.result ?? null) as T;
}
