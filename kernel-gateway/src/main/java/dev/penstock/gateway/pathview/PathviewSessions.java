package dev.penstock.gateway.pathview;

import dev.penstock.gateway.runtime.Periodic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions by what clients call them in {@code X-Session-ID}. Those that nobody used for their time
 * are ended, by a virtual thread of its own. Thread-safe.
 */
public final class PathviewSessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PathviewSessions.class);
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final SessionKernels kernels;
  private final PathviewSettings settings;
  private final ConcurrentMap<String, PathviewSession> sessions = new ConcurrentHashMap<>();
  private final Periodic sweeps;

  /** No sessions yet. */
  public PathviewSessions(SessionKernels kernels, PathviewSettings settings) {
    this.kernels = kernels;
    this.settings = settings;
    Duration pause = settings.ttl().dividedBy(4);
    this.sweeps =
        new Periodic(
            "pathview-sessions",
            pause.compareTo(LOOK) < 0 ? pause : LOOK,
            () -> List.copyOf(sessions.keySet()).forEach(this::sweep));
    sweeps.start();
  }

  /** The session of this name; {@link PathviewSession#leave} ends its use. */
  PathviewSession enter(String id) {
    PathviewSession session =
        sessions.compute(
            id,
            (name, known) -> {
              PathviewSession found =
                  known == null ? new PathviewSession(name, kernels, settings) : known;
              found.enter(); // here, so that the sweeper sees it
              return found;
            });
    return session;
  }

  /** The same, but for one that is there and has not lost its state; null if there is none. */
  @Nullable PathviewSession enterKnown(String id) {
    PathviewSession session =
        sessions.computeIfPresent(
            id,
            (_, found) -> {
              found.enter();
              return found;
            });
    if (session != null && session.isLost()) {
      session.leave();
      return null;
    }
    return session;
  }

  /** Ends a session, if there is one; returns when its kernel is gone. */
  void end(String id) {
    PathviewSession session = sessions.remove(id);
    if (session != null) {
      session.end("its client ended the session");
    }
  }

  private void sweep(String id) {
    PathviewSession[] unused = {null};
    sessions.computeIfPresent(
        id,
        (_, session) -> {
          if (!session.isUnused(settings.ttl())) {
            return session;
          }
          unused[0] = session;
          return null;
        });
    if (unused[0] != null) {
      LOG.atInfo().log("pathview session ended: nobody used it");
      unused[0].end("nobody used its session");
    }
  }

  /** Ends no session any more; their kernels end with the server's. */
  @Override
  public void close() {
    sweeps.close();
  }
}
