import { ConnectionError } from "./errors.js";
import { lines } from "./lines.js";
import { Patience } from "./wait.js";
/** A line as an output. */
export function outputOf(line) {
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
        const message = { type: line.type, seq, time, content: line.content ?? {} };
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
export async function* readOutputs(http, path, options = {}) {
    let next = options.from ?? 0;
    const patience = new Patience(http.giveUpMs);
    for (;;) {
        try {
            for await (const line of lines(http, `${path}?from=${next}`, options.signal)) {
                patience.renew();
                const output = outputOf(line);
                next = output.type === "gap" ? output.from + output.lost : output.seq + 1;
                yield output;
                if (output.type === "exit") {
                    return;
                }
            }
            return; // nothing comes after what was told already
        }
        catch (error) {
            if (!http.isAway(error)) {
                throw error;
            }
            if (!(await patience.again(options.signal))) {
                throw new ConnectionError(`the server is away; read on with from: ${next}`, { cause: error });
            }
        }
    }
}
