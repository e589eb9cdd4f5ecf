package dev.penstock.gateway.http;

import java.time.Instant;
import java.util.Set;

/**
 * When a client last called (REST-17). As with jupyter_server, calls do not count that only watch
 * ({@code no_track_activity} in the query, {@code /api/status}) or that anybody may make.
 * Thread-safe.
 */
public final class LastCall {
  private static final Set<String> WATCHING = Set.of("/api/status");

  private volatile Instant at = Instant.now();

  void note(Routes.Route route, Call call) {
    boolean counts = !route.open() && !WATCHING.contains(route.template());
    if (counts && call.query("no_track_activity") == null) {
      at = Instant.now();
    }
  }

  /** The time of it; of the start, when nobody has called. */
  public Instant at() {
    return at;
  }
}
