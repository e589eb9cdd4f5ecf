/** Cut at every LF; an empty line is the server's sign of life. */
class Splitter {
    rest = "";
    decoder = new TextDecoder();
    split(bytes) {
        const parts = (this.rest + this.decoder.decode(bytes, { stream: true })).split("\n");
        this.rest = parts.pop() ?? "";
        return parts.filter((part) => part !== "");
    }
}
/**
 * The JSON values of an NDJSON answer as they come. A last line without its end is dropped: it was cut. Ends without
 * one if the answer is 204.
 *
 * @throws ConnectionError if the answer is cut, ends without an exit or is silent for too long
 */
export async function* lines(http, path, signal) {
    const own = new AbortController();
    const raised = () => own.abort(signal?.reason);
    if (signal?.aborted) {
        raised();
    }
    signal?.addEventListener("abort", raised);
    let timer;
    const heard = () => {
        clearTimeout(timer);
        timer = setTimeout(() => own.abort(), http.silenceMs);
    };
    try {
        heard();
        const headers = { Accept: "application/x-ndjson" };
        const response = await opened(http, path, headers, own.signal, signal);
        if (response.status === 204 || response.body === null) {
            return;
        }
        const reader = response.body.getReader();
        const splitter = new Splitter();
        for (;;) {
            const { done, value } = await reader.read().catch((error) => {
                throw http.lost(error, signal);
            });
            if (done) {
                throw http.lost(new Error("the answer ended before its exit"), signal);
            }
            clearTimeout(timer); // the caller may take its time
            for (const line of splitter.split(value)) {
                yield JSON.parse(line);
            }
            heard();
        }
    }
    finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", raised);
        own.abort(); // lets go of the connection, however this ends
    }
}
/** Opens it; silence is a lost connection, and no wish of the caller's. */
async function opened(http, path, headers, own, signal) {
    try {
        return await http.open("GET", path, { headers, signal: own });
    }
    catch (error) {
        throw own.aborted ? http.lost(error, signal) : error;
    }
}
