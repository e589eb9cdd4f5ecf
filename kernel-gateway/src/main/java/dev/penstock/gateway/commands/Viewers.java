package dev.penstock.gateway.commands;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Who looks at a command now, and since when nobody does. Thread-safe. */
final class Viewers {
  private int count;
  private boolean seen;
  private long leftAt;

  synchronized void joined() {
    count++;
    seen = true;
  }

  synchronized void left() {
    count--;
    leftAt = System.nanoTime();
    notifyAll();
  }

  /** Waits until nobody looks, for no longer than this. */
  synchronized void awaitNone(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    long left = limit.toNanos();
    while (count > 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
  }

  synchronized int count() {
    return count;
  }

  /** How long ago the last one left; zero while there is one, or none has come yet. */
  synchronized Duration absence() {
    return count > 0 || !seen ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - leftAt);
  }
}
