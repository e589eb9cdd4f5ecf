package dev.penstock.gateway.foreign;

import dev.penstock.gateway.tether.Tether;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a kernel that was asked to end is made to: SIGTERM after half of the time it has, SIGKILL
 * after all of it (jupyter_client, {@code shutdown_wait_time}). Belongs to the kernel's owner
 * thread.
 */
final class Escalation {
  private static final Duration WAIT = Duration.ofSeconds(5);

  private final Tether tether;
  private @Nullable Long nextAt;
  private int nextSignal = Tether.SIGTERM;

  Escalation(Tether tether) {
    this.tether = tether;
  }

  /** The kernel was asked. */
  void begin() {
    if (nextAt == null) {
      nextAt = System.nanoTime() + WAIT.dividedBy(2).toNanos();
    }
  }

  /** The kernel is not asked. */
  void kill() {
    nextSignal = Tether.SIGKILL;
    nextAt = System.nanoTime();
    advance();
  }

  /** Does what is due. */
  void advance() {
    Long at = nextAt;
    if (at != null && at - System.nanoTime() <= 0) {
      tether.signal(nextSignal);
      nextSignal = Tether.SIGKILL;
      nextAt = System.nanoTime() + WAIT.dividedBy(2).toNanos();
    }
  }

  /** How long the owner may wait before {@link #advance} has something to do. */
  Duration patience(Duration atMost) {
    Long at = nextAt;
    if (at == null) {
      return atMost;
    }
    Duration left = Duration.ofNanos(Math.max(0, at - System.nanoTime()));
    return left.compareTo(atMost) < 0 ? left : atMost;
  }
}
