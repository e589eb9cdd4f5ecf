import { randomKey } from "./key.js";
import { asError, checkPoll } from "./pathview.js";
import { pause } from "./wait.js";
/** Between an answer and the next poll. */
const POLL_MS = 5;
/** The streams of a PathView session, one after the other. */
export class Streams {
    running;
    starting = Promise.resolve();
    post;
    init;
    hear;
    /**
     * @param post calls the server
     * @param init makes the session ready
     * @param hear takes what is no stream's own
     */
    constructor(post, init, hear) {
        this.post = post;
        this.init = init;
        this.hear = hear;
    }
    isRunning() {
        return this.running !== undefined;
    }
    /** Starts one when the earlier one has ended, which it is asked to; settled when it has started or failed to. */
    start(expr, listener) {
        this.starting = this.starting.then(() => this.begin(expr, listener));
        return this.starting;
    }
    /** Asks the stream to end after its step; settled when it has told its end. */
    async stop() {
        const running = this.running;
        if (running) {
            await this.post("api/stream/stop", {});
            await running.ended;
        }
    }
    /** Reads no more: the session ends. */
    leave() {
        if (this.running) {
            this.running.left = true;
        }
    }
    async begin(expr, listener) {
        try {
            await this.stop();
            await this.init();
            const id = randomKey();
            const said = await this.post("api/stream/start", { id, expr });
            if (said["status"] !== "started") {
                throw new TypeError("the answer to stream/start is not that of a server of PathView");
            }
            const running = { ended: Promise.resolve(), left: false };
            this.running = running;
            running.ended = this.read(id, running, listener.onData).then(() => this.end(listener.onDone), (error) => this.end(() => listener.onError(asError(error))));
        }
        catch (error) {
            listener.onError(asError(error));
        }
    }
    end(tell) {
        this.running = undefined;
        tell();
    }
    /** Polls to the stream's end. Messages of an earlier one are not this one's. */
    async read(id, running, onData) {
        while (!running.left) {
            const { messages, done } = checkPoll(await this.post("api/stream/poll", {}));
            let ended = done && messages.length === 0; // the session is gone
            for (const message of messages) {
                if (message.id !== undefined && message.id !== id) {
                    continue;
                }
                if (message.type === "stream-data") {
                    onData(JSON.parse(message.value ?? "null"));
                }
                else if (message.type === "error") {
                    throw new Error([message.error, message.traceback].filter(Boolean).join("\n"));
                }
                else if (message.type === "stream-done") {
                    ended = true;
                }
                else {
                    this.hear(message);
                }
            }
            if (ended) {
                return;
            }
            await pause(POLL_MS);
        }
    }
}
