export { Backend } from "./backend.js";
export { Penstock } from "./client.js";
export { ConnectionError, HttpError, PythonError } from "./errors.js";
export { Execution } from "./execution.js";
export { Session } from "./session.js";
export { Stream } from "./stream.js";
