package dev.penstock.protocol.zmq;

import java.time.Duration;

/** A moment of the monotonic clock. */
record Deadline(long nanoTime) {

  private static final long NANOS_PER_MILLI = 1_000_000;

  static Deadline in(Duration wait) {
    return new Deadline(System.nanoTime() + wait.toNanos());
  }

  boolean isOver() {
    return nanoTime - System.nanoTime() <= 0;
  }

  /** Rounded up, so that waiting this long reaches the deadline. */
  long millisLeft() {
    return Math.max(0, (nanoTime - System.nanoTime() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
  }
}
