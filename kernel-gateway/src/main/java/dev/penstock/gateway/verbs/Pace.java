package dev.penstock.gateway.verbs;

import dev.penstock.gateway.json.Json;
import java.time.Duration;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells a stream how much of it was read, so that it goes on. Often enough that it need not stop
 * for one who reads on, and not for each value. Thread-safe.
 */
public final class Pace {
  /** How long a value that was read may be untold. */
  static final Duration SOON = Duration.ofMillis(50);

  private final int most;
  private final Consumer<ObjectNode> teller;
  private long told;
  private long toldAt = System.nanoTime() - SOON.toNanos();

  /**
   * Nothing was read.
   *
   * @param most how many values may be unread; 0 for any number: then nothing is told
   * @param teller takes {@code {"number"}} for the worker
   */
  public Pace(int most, Consumer<ObjectNode> teller) {
    this.most = most;
    this.teller = teller;
  }

  /** Values up to this number were read. */
  public void read(long number) {
    if (most > 0 && isDue(number)) {
      teller.accept(Json.object().put("number", number));
    }
  }

  private synchronized boolean isDue(long number) {
    long now = System.nanoTime();
    boolean many = number - told >= Math.max(1, most / 2);
    if (number <= told || !(many || now - toldAt >= SOON.toNanos())) {
      return false;
    }
    told = number;
    toldAt = now;
    return true;
  }

  /** How long a reader may wait before it has to call {@link #read} again. */
  public Duration patience(Duration atMost) {
    return most > 0 && SOON.compareTo(atMost) < 0 ? SOON : atMost;
  }
}
