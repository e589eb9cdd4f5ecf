import { ConnectionError } from "./errors.js";
import type { Http } from "./http.js";
import { lines } from "./lines.js";
import type { Exit } from "./models.js";
import { Patience } from "./wait.js";

/** Where an output stands in the session's log, and when it was said. Numbers grow, with holes. */
interface Entry {
  seq: number;
  time: string;
}

/** Text that was written. */
export interface TextOutput extends Entry {
  type: "stdout" | "stderr";
  text: string;
}

/** One value of a stream. */
export interface ValueOutput<T = unknown> extends Entry {
  type: "value";
  value: T;
}

/** A message of Jupyter, with its content and Base64 buffers. */
export interface MessageOutput extends Entry {
  type: "display_data" | "update_display_data" | "execute_result" | "error" | "clear_output" | "input_request";
  content: Record<string, unknown>;
  buffers?: string[];
}

/** Entries that are gone from the log: `lost` of them, from number `from` on. */
export interface Gap {
  type: "gap";
  from: number;
  lost: number;
}

/** The end, and always the last. */
export interface ExitOutput extends Entry {
  type: "exit";
  exit: Exit;
}

export type Output<T = unknown> = TextOutput | ValueOutput<T> | MessageOutput | Gap | ExitOutput;

export interface OutputOptions {
  /** Number of the first entry; everything without it. After an output it is its `seq` + 1. */
  from?: number;
  /** Stops reading. What writes goes on. */
  signal?: AbortSignal;
}

/** A line of the server's NDJSON. */
interface Line extends Entry {
  stream?: "stdout" | "stderr";
  text?: string;
  value?: unknown;
  type?: MessageOutput["type"];
  content?: Record<string, unknown>;
  buffers?: string[];
  exit?: Exit;
  lost?: number;
  from?: number;
}

/** A line as an output. */
export function outputOf(line: Line): Output {
  const { seq, time } = line;
  if (line.lost !== undefined) {
    return { type: "gap", from: line.from ?? 0, lost: line.lost };
  }
  if (line.exit !== undefined) {
    return { type: "exit", seq, time, exit: line.exit };
  }
  if (line.stream !== undefined) {
    return { type: line.stream, seq, time, text: line.text ?? "" };
  }
  if (line.type !== undefined) {
    const message: MessageOutput = { type: line.type, seq, time, content: line.content ?? {} };
    return line.buffers === undefined ? message : { ...message, buffers: line.buffers };
  }
  return { type: "value", seq, time, value: line.value };
}

/**
 * Reads all that something says until its exit, each output once. When the connection is cut or the server is away for
 * a while it goes on behind the last output that came.
 *
 * @param path of its outputs
 * @throws ConnectionError if the server is away for longer than `giveUpMs`
 */
export async function* readOutputs<T>(
  http: Http,
  path: string,
  options: OutputOptions = {},
): AsyncGenerator<Output<T>, void, undefined> {
  let next = options.from ?? 0;
  const patience = new Patience(http.giveUpMs);
  for (;;) {
    try {
      for await (const line of lines(http, `${path}?from=${next}`, options.signal)) {
        patience.renew();
        const output = outputOf(line as Line) as Output<T>;
        next = output.type === "gap" ? output.from + output.lost : output.seq + 1;
        yield output;
        if (output.type === "exit") {
          return;
        }
      }
      return; // nothing comes after what was told already
    } catch (error) {
      if (!http.isAway(error)) {
        throw error;
      }
      if (!(await patience.again(options.signal))) {
        throw new ConnectionError(`the server is away; read on with from: ${next}`, { cause: error });
      }
    }
  }
}
