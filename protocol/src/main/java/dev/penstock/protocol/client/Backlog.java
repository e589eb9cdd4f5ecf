package dev.penstock.protocol.client;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the outputs that wait for their readers. Thread-safe. */
final class Backlog {

  static final int LIMIT = 100_000;

  private final AtomicInteger waiting = new AtomicInteger();
  private final Runnable onRoom;

  /**
   * A count of zero.
   *
   * @param onRoom called when a full backlog has room again
   */
  Backlog(Runnable onRoom) {
    this.onRoom = onRoom;
  }

  void added() {
    waiting.incrementAndGet();
  }

  void taken() {
    if (waiting.getAndDecrement() == LIMIT) {
      onRoom.run();
    }
  }

  boolean isFull() {
    return waiting.get() >= LIMIT;
  }
}
