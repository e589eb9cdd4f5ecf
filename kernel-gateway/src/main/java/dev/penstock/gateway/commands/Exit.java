package dev.penstock.gateway.commands;

import dev.penstock.gateway.json.Json;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a command ended.
 *
 * @param status its exit code, or the negative number of the signal that killed it
 * @param elapsed from when it was asked for
 * @param reason why it was ended: {@code deleted}, {@code time_limit}, {@code idle_limit}, {@code
 *     unwatched_limit}; null if nobody ended it
 */
record Exit(int status, Duration elapsed, @Nullable String reason) {
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;

  /** {@code {"code", "signal", "elapsed", "reason"}}: one of the first two is null. */
  ObjectNode json() {
    ObjectNode json = Json.object();
    if (status >= 0) {
      json.put("code", status).putNull("signal");
    } else {
      json.putNull("code").put("signal", Signals.name(-status));
    }
    json.put("elapsed", Math.round(elapsed.toNanos() / NANOS * MILLIS) / MILLIS);
    return json.put("reason", reason);
  }
}
