package dev.penstock.gateway.placement;

import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.keeper.KeeperException;
import dev.penstock.gateway.session.Session;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Workers on this machine: forks of a zygote, or fresh processes; both are the keeper's children.
 * Thread-safe.
 */
public final class LocalPlacement implements Placement {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPlacement.class);

  private final Keeper keeper;
  private final Zygotes zygotes;
  private final WorkerStart starts;

  public LocalPlacement(Keeper keeper, Zygotes zygotes, WorkerStart starts) {
    this.keeper = keeper;
    this.zygotes = zygotes;
    this.starts = starts;
  }

  @Override
  public Keeper keeper() {
    return keeper;
  }

  @Override
  public void prepare(WorkerOrder order) throws IOException {
    if (StartDecision.before(order).path() == StartPath.FORK) {
      zygotes.ready(order);
    }
  }

  @Override
  public StartedWorker start(Session session, WorkerOrder order) throws IOException {
    ObjectNode spec = starts.spec(session, order);
    StartDecision decision = StartDecision.before(order);
    long pid = 0;
    if (decision.path() == StartPath.FORK) {
      decision = StartDecision.against(order, zygotes.ready(order));
      if (decision.path() == StartPath.FORK) {
        pid = fork(order, spec);
      }
    }
    if (decision.path() == StartPath.FRESH) {
      pid = keeper.spawn(order.freshArgv(), spec);
    }
    return starts.begun(session, pid, decision);
  }

  @Override
  public void release(Session session) {
    try {
      keeper.release(session.spec().id());
    } catch (KeeperException e) {
      // The files go with the keeper's own end at the latest.
      LOG.atInfo()
          .addKeyValue("session", session.spec().id())
          .setCause(e)
          .log("lanes not released");
    }
  }

  private long fork(WorkerOrder order, ObjectNode spec) throws IOException {
    try {
      return zygotes.fork(order, spec);
    } catch (KeeperException e) {
      if (!e.code().equals("stale") && !e.code().equals("gone")) {
        throw e;
      }
      LOG.atInfo()
          .addKeyValue("key", order.key())
          .addKeyValue("why", e.code())
          .log("zygote renewed");
      zygotes.renew(order);
      return zygotes.fork(order, spec);
    }
  }
}
