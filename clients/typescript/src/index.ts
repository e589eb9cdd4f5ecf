export { Backend, type BackendOptions, type BackendState, type Package } from "./backend.js";
export { Penstock, type SessionOptions } from "./client.js";
export { ConnectionError, HttpError, PythonError } from "./errors.js";
export { Execution } from "./execution.js";
export type { ClientOptions } from "./http.js";
export type * from "./models.js";
export type {
  ExitOutput,
  Gap,
  MessageOutput,
  Output,
  OutputOptions,
  TextOutput,
  ValueOutput,
} from "./outputs.js";
export { type ExecuteOptions, Session, type StreamOptions } from "./session.js";
export { Stream } from "./stream.js";
