import { randomKey } from "./key.js";
import { asError, checkPoll, type Message } from "./pathview.js";
import { pause } from "./wait.js";

/** Between an answer and the next poll. */
const POLL_MS = 5;

/** What is called with what a stream says. */
export interface Listener {
  onData: (data: unknown) => void;
  onDone: () => void;
  onError: (error: Error) => void;
}

interface Running {
  /** Settled when the stream has ended and its listener was told. */
  ended: Promise<void>;
  left: boolean;
}

/** The streams of a PathView session, one after the other. */
export class Streams {
  private running: Running | undefined;
  private starting: Promise<void> = Promise.resolve();
  private readonly post: (path: string, body: object) => Promise<Record<string, unknown>>;
  private readonly init: () => Promise<void>;
  private readonly hear: (message: Message) => void;

  /**
   * @param post calls the server
   * @param init makes the session ready
   * @param hear takes what is no stream's own
   */
  constructor(
    post: (path: string, body: object) => Promise<Record<string, unknown>>,
    init: () => Promise<void>,
    hear: (message: Message) => void,
  ) {
    this.post = post;
    this.init = init;
    this.hear = hear;
  }

  isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Starts one when the earlier one has ended, which it is asked to; settled when it has started or failed to. */
  start(expr: string, listener: Listener): Promise<void> {
    this.starting = this.starting.then(() => this.begin(expr, listener));
    return this.starting;
  }

  /** Asks the stream to end after its step; settled when it has told its end. */
  async stop(): Promise<void> {
    const running = this.running;
    if (running) {
      await this.post("api/stream/stop", {});
      await running.ended;
    }
  }

  /** Reads no more: the session ends. */
  leave(): void {
    if (this.running) {
      this.running.left = true;
    }
  }

  private async begin(expr: string, listener: Listener): Promise<void> {
    try {
      await this.stop();
      await this.init();
      const id = randomKey();
      const said = await this.post("api/stream/start", { id, expr });
      if (said["status"] !== "started") {
        throw new TypeError("the answer to stream/start is not that of a server of PathView");
      }
      const running: Running = { ended: Promise.resolve(), left: false };
      this.running = running;
      running.ended = this.read(id, running, listener.onData).then(
        () => this.end(listener.onDone),
        (error: unknown) => this.end(() => listener.onError(asError(error))),
      );
    } catch (error) {
      listener.onError(asError(error));
    }
  }

  private end(tell: () => void): void {
    this.running = undefined;
    tell();
  }

  /** Polls to the stream's end. Messages of an earlier one are not this one's. */
  private async read(id: string, running: Running, onData: (data: unknown) => void): Promise<void> {
    while (!running.left) {
      const { messages, done } = checkPoll(await this.post("api/stream/poll", {}));
      let ended = done && messages.length === 0; // the session is gone
      for (const message of messages) {
        if (message.id !== undefined && message.id !== id) {
          continue;
        }
        if (message.type === "stream-data") {
          onData(JSON.parse(message.value ?? "null"));
        } else if (message.type === "error") {
          throw new Error([message.error, message.traceback].filter(Boolean).join("\n"));
        } else if (message.type === "stream-done") {
          ended = true;
        } else {
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
