package dev.penstock.gateway.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All sessions of the gateway: those that live and, for a while, those that ended, so that their
 * owner can still ask how. Thread-safe.
 */
public final class SessionTable {
  /** How long an ended session is remembered when nobody releases it. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private final Map<String, Instant> endedAt = new LinkedHashMap<>();

  /** Sessions that nobody will ask about once they have ended. */
  private final Set<String> unwanted = new HashSet<>();

  private Instant idleSince = Instant.now();
  private boolean closed;

  /** Adds a session; false when the gateway is leaving and takes no new ones. */
  public synchronized boolean add(Session session) {
    if (closed) {
      return false;
    }
    forgetOld();
    sessions.put(session.spec().id(), session);
    session.whenEnded(_ -> ended(session.spec().id()));
    return true;
  }

  public synchronized @Nullable Session find(String id) {
    return sessions.get(id);
  }

  /** Sessions in the order they were started, ended ones included. */
  public synchronized List<Session> all() {
    forgetOld();
    return List.copyOf(sessions.values());
  }

  /** Forgets a session: now if it has ended, else as soon as it does. */
  public synchronized void release(String id) {
    if (endedAt.remove(id) != null) {
      sessions.remove(id);
    } else if (sessions.containsKey(id)) {
      unwanted.add(id);
    }
  }

  /** Sessions that live. */
  public synchronized List<Session> live() {
    List<Session> live = new ArrayList<>(sessions.values());
    live.removeIf(s -> endedAt.containsKey(s.spec().id()));
    return live;
  }

  /**
   * Closes the table if no session has lived for this long. True if it is closed now: nothing can
   * be added any more.
   */
  public synchronized boolean closeIfIdle(Duration idle) {
    if (live().isEmpty() && idleSince.plus(idle).isBefore(Instant.now())) {
      closed = true;
    }
    return closed;
  }

  /** Takes no new sessions from now on. */
  public synchronized void close() {
    closed = true;
  }

  private synchronized void ended(String id) {
    idleSince = Instant.now();
    if (unwanted.remove(id)) {
      sessions.remove(id);
    } else {
      endedAt.put(id, idleSince);
    }
  }

  private void forgetOld() {
    Instant limit = Instant.now().minus(REMEMBERED);
    endedAt
        .entrySet()
        .removeIf(e -> {
          boolean old = e.getValue().isBefore(limit);
          if (old) {
            sessions.remove(e.getKey());
          }
          return old;
        });
  }
}
