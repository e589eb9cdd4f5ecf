package dev.penstock.gateway.door;

import dev.penstock.protocol.connection.ConnectionInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How many listened on iopub to kernels that have just ended. A restart binds the same ports within
 * milliseconds, ZeroMQ's clients connect again after up to 200 ms, each socket by itself: without
 * waiting for them, what the first cell says is lost, and its reply is not. Thread-safe.
 */
public final class Audiences {
  /** Longer than any client takes from the end of a kernel to its restart. */
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  private final Map<Place, Left> left = new HashMap<>();

  /** A kernel's iopub; with the key, because another kernel may get the same port later. */
  private record Place(String ip, int port, String key) {
    static Place of(ConnectionInfo connection) {
      return new Place(connection.ip(), connection.iopubPort(), connection.key());
    }
  }

  private record Left(int subscribers, Instant at) {}

  /** A kernel has ended while so many listened. */
  synchronized void leave(ConnectionInfo connection, int subscribers) {
    Instant now = Instant.now();
    left.values().removeIf(l -> l.at().plus(REMEMBERED).isBefore(now));
    if (subscribers > 0) {
      left.put(Place.of(connection), new Left(subscribers, now));
    }
  }

  /** How many will come back to a kernel that is started here now. */
  synchronized int expected(ConnectionInfo connection) {
    Left before = left.remove(Place.of(connection));
    return before == null ? 0 : before.subscribers();
  }
}
