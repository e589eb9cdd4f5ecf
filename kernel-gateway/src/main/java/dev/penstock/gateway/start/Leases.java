package dev.penstock.gateway.start;

import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.keeper.KeeperException;
import dev.penstock.gateway.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose end ends which sessions (design, decision 8): no orphan outlives its client. The keeper
 * watches the processes. Thread-safe.
 */
public final class Leases {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  private final Keeper keeper;
  private final Map<Long, Set<Session>> owned = new HashMap<>();

  public Leases(Keeper keeper) {
    this.keeper = keeper;
  }

  /** Ties a session to a process. False when that process is gone already. */
  synchronized boolean take(Session session, long pid, long start) {
    Set<Session> sessions = owned.computeIfAbsent(pid, _ -> new HashSet<>());
    if (sessions.isEmpty()) {
      try {
        keeper.watch(pid, start);
      } catch (KeeperException e) {
        owned.remove(pid);
        LOG.atWarn()
            .addKeyValue("session", session.spec().id())
            .setCause(e)
            .log("owner not watched");
        return false;
      }
    }
    sessions.add(session);
    return true;
  }

  /** The session ended by itself. */
  synchronized void drop(Session session) {
    List<Long> free = new ArrayList<>();
    owned.forEach((pid, sessions) -> {
      if (sessions.remove(session) && sessions.isEmpty()) {
        free.add(pid);
      }
    });
    for (Long pid : free) {
      owned.remove(pid);
      try {
        keeper.unwatch(pid);
      } catch (KeeperException e) {
        // A watch without sessions is only a descriptor that the keeper closes later.
        LOG.atDebug().setCause(e).log("owner still watched");
      }
    }
  }

  /** A watched process ended. Returns the sessions that have no owner any more. */
  public synchronized Set<Session> processGone(long pid) {
    Set<Session> orphans = owned.remove(pid);
    return orphans == null ? Set.of() : orphans;
  }
}
