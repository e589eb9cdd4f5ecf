package dev.penstock.gateway.door;

import dev.penstock.protocol.connection.ConnectionInfo;
import java.time.Duration;

/**
 * Who listens to one kernel. After a restart, those who listened before are waited for. Belongs to
 * the session's owner thread.
 */
final class Audience {
  /**
   * Five times the longest pause of a ZeroMQ client between two attempts: whoever is not back by
   * then has left.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Audiences audiences;
  private final ConnectionInfo connection;
  private final long since = System.nanoTime();
  private int missing;

  Audience(Audiences audiences, ConnectionInfo connection) {
    this.audiences = audiences;
    this.connection = connection;
    this.missing = audiences.expected(connection);
  }

  /** Somebody subscribed. */
  void came() {
    missing--;
  }

  /** Whether somebody is missing who will come soon. */
  boolean isAwaited() {
    if (missing > 0 && left() <= 0) {
      missing = 0;
    }
    return missing > 0;
  }

  /** How long the owner may wait before nobody is awaited any more. */
  Duration patience(Duration atMost) {
    if (missing <= 0) {
      return atMost;
    }
    Duration left = Duration.ofNanos(Math.max(0, left()));
    return left.compareTo(atMost) < 0 ? left : atMost;
  }

  /** The kernel has ended while so many listened. */
  void leave(int subscribers) {
    audiences.leave(connection, subscribers);
  }

  private long left() {
    return since + PATIENCE.toNanos() - System.nanoTime();
  }
}
