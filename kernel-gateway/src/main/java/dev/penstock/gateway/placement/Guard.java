package dev.penstock.gateway.placement;

import dev.penstock.gateway.json.JsonLines;
import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.keeper.KeeperException;
import dev.penstock.gateway.keeper.KeeperListener;
import dev.penstock.gateway.keeper.WorkerExit;
import dev.penstock.gateway.runtime.Orphans;
import dev.penstock.gateway.session.Session;
import dev.penstock.gateway.session.SessionTable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one session whose client has other surroundings than the keeper: its worker is the
 * child of a guard, which the client started (docs/local-sockets.md, "Guard"). Guard and worker end
 * with the connection to the gateway. Thread-safe.
 */
final class Guard implements Placement {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  private final Identity identity;
  private final WorkerStart starts;
  private final SessionTable table;
  private final Keeper keeper;
  private String reason = "";
  private @Nullable Session session;
  private long worker;
  private boolean workerEnded;
  private boolean released;
  private boolean lost;

  /**
   * Who a guard is.
   *
   * @param pid its process id, as it sees itself
   * @param pidNamespace the namespace in which its worker's process id counts, as {@code
   *     /proc/<pid>/ns/pid} names it; empty where there are none
   */
  record Identity(long pid, String pidNamespace) {}

  Guard(Identity identity, JsonLines lines, WorkerStart starts, SessionTable table) {
    this.identity = identity;
    this.starts = starts;
    this.table = table;
    this.keeper = Keeper.ofGuard(lines, new Events());
  }

  /** Why the client wants its worker from here, for people. To be called before {@link #start}. */
  synchronized void explain(String why) {
    reason = why;
  }

  @Override
  public Keeper keeper() {
    return keeper;
  }

  @Override
  public void prepare(WorkerOrder order) {
    // It is there already.
  }

  @Override
  public StartedWorker start(Session forSession, WorkerOrder order) throws IOException {
    synchronized (this) {
      session = forSession;
    }
    long pid = keeper.spawn(order.freshArgv(), starts.spec(forSession, order));
    StartDecision decision;
    synchronized (this) {
      if (lost) {
        throw new KeeperException("lost", "the guard process is gone");
      }
      worker = pid;
      decision = new StartDecision(StartPath.FRESH, reason);
    }
    return starts.begun(forSession, pid, decision);
  }

  /** Lets the guard go: it ends when its connection does. */
  @Override
  public void release(Session ofSession) {
    synchronized (this) {
      released = true;
    }
    try {
      if (!isLost()) {
        keeper.release(ofSession.spec().id());
      }
      keeper.close();
    } catch (IOException e) {
      // It ends and removes the files by itself as soon as it sees that the connection is gone.
      LOG.atInfo()
          .addKeyValue("session", ofSession.spec().id())
          .setCause(e)
          .log("guard not released");
    }
  }

  /** Whether the session's worker is its child. */
  synchronized boolean guards(Session candidate) {
    return candidate.equals(session);
  }

  private synchronized boolean isLost() {
    return lost;
  }

  private synchronized @Nullable Session session() {
    return session;
  }

  private void connectionEnded() {
    Session orphan;
    long group;
    synchronized (this) {
      lost = true;
      orphan = worker == 0 || workerEnded || released ? null : session;
      group = worker;
    }
    if (orphan != null) {
      LOG.atError()
          .addKeyValue("session", orphan.spec().id())
          .addKeyValue("pid", identity.pid())
          .log("guard lost");
      // The worker itself dies with its parent, its children do not.
      Orphans.endGroup(group, identity.pidNamespace());
      orphan.workerLost(
          "The Python process was killed because its guard, process "
              + identity.pid()
              + " beside its client, ended.");
    }
  }

  /** Called on the thread that serves the guard's connection. */
  private final class Events implements KeeperListener {
    @Override
    public void workerExited(String id, WorkerExit exit) {
      Session guarded = session();
      synchronized (Guard.this) {
        workerEnded = true;
      }
      if (guarded != null) {
        guarded.workerExited(exit);
      }
    }

    @Override
    public void processGone(long pid) {
      Session guarded = session();
      if (guarded != null) {
        guarded.stop(true, "its owner, process " + pid + ", is gone");
        // Who would ask how it ended is gone, too.
        table.release(guarded.spec().id());
      }
    }

    @Override
    public void zygoteExited(String key) {
      // A guard has no zygotes.
    }

    @Override
    public void keeperLost() {
      connectionEnded();
    }
  }
}
