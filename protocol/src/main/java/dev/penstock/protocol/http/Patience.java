package dev.penstock.protocol.http;

import java.io.IOException;
import java.time.Duration;

/** How long a server that cannot be reached is asked again. Not thread-safe: one for each call. */
final class Patience {

  private static final long FIRST_MS = 50;
  private static final long LONGEST_MS = 2_000;

  private final Duration limit;
  private long pauseMs = FIRST_MS;
  private long end;
  private boolean waiting;

  Patience(Duration limit) {
    this.limit = limit;
  }

  /** The server is there. */
  void answered() {
    pauseMs = FIRST_MS;
    waiting = false;
  }

  /**
   * Waits before the next attempt.
   *
   * @throws UnreachableException when it has been too long since the first of these failures
   */
  void after(IOException cut) {
    long now = System.nanoTime();
    if (!waiting) {
      waiting = true;
      end = now + limit.toNanos();
    }
    if (now - end >= 0) {
      throw unreachable(cut);
    }
    try {
      Thread.sleep(Duration.ofNanos(Math.min(pauseMs * 1_000_000, end - now)));
    } catch (InterruptedException e) {
      // The caller wants to stop: it learns so by an exception and the flag.
      Thread.currentThread().interrupt();
      throw unreachable(cut);
    }
    pauseMs = Math.min(pauseMs * 2, LONGEST_MS);
  }

  static UnreachableException unreachable(IOException cut) {
    String reason = cut.getMessage() == null ? cut.getClass().getSimpleName() : cut.getMessage();
    return new UnreachableException("The server cannot be reached: " + reason, cut);
  }
}
