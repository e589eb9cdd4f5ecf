/** The reason of a signal that was raised, as an error to throw. */
export function reasonOf(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException("This operation was aborted", "AbortError");
}

/** Waits; ends at once, with the signal's reason, when it is raised. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const raised = () => {
      clearTimeout(timer);
      reject(reasonOf(signal as AbortSignal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", raised);
      resolve();
    }, ms);
    signal?.addEventListener("abort", raised, { once: true });
  });
}

/** The pauses between tries to reach a server: 100 ms, then twice as long each time, up to 3 s; and when to give up. */
export class Patience {
  private ms = 100;
  private until: number;

  /** @param giveUpMs how long the server may be away */
  constructor(private readonly giveUpMs: number) {
    this.until = Date.now() + giveUpMs;
  }

  /** The server was there. */
  renew(): void {
    this.ms = 100;
    this.until = Date.now() + this.giveUpMs;
  }

  /** Waits for the next try. False, at once, if there is none. */
  async again(signal?: AbortSignal): Promise<boolean> {
    if (Date.now() + this.ms > this.until) {
      return false;
    }
    await pause(this.ms, signal);
    this.ms = Math.min(2 * this.ms, 3000);
    return true;
  }
}
