package dev.penstock.gateway.placement;

import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.keeper.KeeperException;
import dev.penstock.gateway.session.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Workers on this machine: forks of a zygote, or fresh processes; both are the keeper's children.
 * Thread-safe.
 */
public final class LocalPlacement implements Placement {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPlacement.class);

  private final Keeper keeper;
  private final Zygotes zygotes;
  private final Path workerSocket;
  private final Path sessionsDirectory;

  /**
   * A placement.
   *
   * @param workerSocket where workers connect
   * @param sessionsDirectory where the FIFOs are made
   */
  public LocalPlacement(Keeper keeper, Zygotes zygotes, Path workerSocket, Path sessionsDirectory) {
    this.keeper = keeper;
    this.zygotes = zygotes;
    this.workerSocket = workerSocket;
    this.sessionsDirectory = sessionsDirectory;
  }

  @Override
  public void prepare(WorkerOrder order) throws IOException {
    if (StartDecision.before(order).path() == StartPath.FORK) {
      zygotes.ready(order);
    }
  }

  @Override
  public StartedWorker start(Session session, WorkerOrder order) throws IOException {
    ObjectNode spec = spec(session, order);
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
    session.openLanes(lane(session, "out"), lane(session, "err"));
    session.workerStarted(pid, decision.path().word());
    LOG.atInfo()
        .addKeyValue("session", session.spec().id())
        .addKeyValue("pid", pid)
        .addKeyValue("start", decision.path().word())
        .addKeyValue("reason", decision.reason())
        .log("worker started");
    return new StartedWorker(pid, decision.path());
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

  private ObjectNode spec(Session session, WorkerOrder order) {
    ObjectNode spec = order.process().deepCopy();
    ArrayNode args = spec.putArray("args");
    order.args().forEach(args::add);
    spec.putArray("lanes")
        .add(lane(session, "out").toString())
        .add(lane(session, "err").toString());
    spec.set("env", order.env());
    if (session.spec().memoryLimit() > 0) {
      spec.putObject("limits").put("memory", session.spec().memoryLimit());
    }
    return spec.put("session", session.spec().id())
        .put("link", workerSocket.toString())
        .put("token", session.secrets().token())
        .put("nonce", HexFormat.of().formatHex(session.secrets().nonce()))
        .put("kernel_session", UUID.randomUUID().toString());
  }

  private Path lane(Session session, String name) {
    return sessionsDirectory.resolve(session.spec().id()).resolve(name);
  }
}
