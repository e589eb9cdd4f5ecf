/** What the server tells, in its own words (docs/api-v1.md). */

export type SessionState = "starting" | "idle" | "busy" | "restarting" | "stopping" | "dead";

/** Limits of a session's processes: bytes or a text such as `"2G"`, and seconds of processor time. */
export interface Limits {
  memory?: number | string;
  cpu_s?: number;
}

export interface SessionModel {
  id: string;
  name: string;
  state: SessionState;
  /** Why it is dead. */
  reason: string | null;
  created: string;
  last_activity: string;
  pid: number | null;
  connections: number;
  cwd: string;
  limits: Limits;
  executions: number;
}

export type Mode = "cell" | "exec" | "eval" | "stream";
export type State = "waiting" | "running" | "asking" | "ok" | "error" | "aborted" | "cancelled";

export interface ErrorModel {
  ename: string;
  evalue: string;
  traceback: string[];
}

export interface ExecutionModel {
  id: string;
  session_id: string;
  mode: Mode;
  state: State;
  created: string;
  started: string | null;
  ended: string | null;
  execution_count: number | null;
  /** Number of its first entry in the log. */
  from: number;
  outputs: { count: number; bytes: number };
  /** What it asks. */
  input: { prompt: string; password: boolean } | null;
  error?: ErrorModel | null;
  /** An evaluation's value; of a cell the content of its last `execute_result`. */
  result?: unknown;
}

/** How something ended. */
export interface Exit {
  state: State;
  /** Seconds. */
  elapsed: number;
  /** Of a stream: `done`, `stopped`, `error`, `interrupted`. */
  reason: string | null;
  ename: string | null;
  evalue: string | null;
}

export interface CompleteReply {
  matches: string[];
  cursor_start: number;
  cursor_end: number;
  metadata: Record<string, unknown>;
}

export interface InspectReply {
  found: boolean;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

export interface Variable {
  name: string;
  type: string;
  length: number | null;
  shape: number[] | null;
}

/** Whether it has ended. */
export function isOver(model: ExecutionModel): boolean {
  return model.state !== "waiting" && model.state !== "running" && model.state !== "asking";
}
