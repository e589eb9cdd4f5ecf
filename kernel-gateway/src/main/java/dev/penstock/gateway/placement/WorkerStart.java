package dev.penstock.gateway.placement;

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
 * What every start on this machine has in common, whoever is the worker's parent. Thread-safe.
 *
 * @param workerSocket where workers connect
 * @param sessionsDirectory where the FIFOs are made
 */
public record WorkerStart(Path workerSocket, Path sessionsDirectory) {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerStart.class);

  /** The {@code spec} of the session's worker (docs/local-sockets.md, "Keeper socket"). */
  ObjectNode spec(Session session, WorkerOrder order) {
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

  /**
   * The process runs: opens its lanes and tells the session.
   *
   * @throws IOException if that is not possible, with a message for the user
   */
  StartedWorker begun(Session session, long pid, StartDecision decision) throws IOException {
    session.openLanes(lane(session, "out"), lane(session, "err"));
    session.workerStarted(pid, decision.path().word(), decision.reason());
    LOG.atInfo()
        .addKeyValue("session", session.spec().id())
        .addKeyValue("pid", pid)
        .addKeyValue("via", session.spec().via())
        .addKeyValue("start", decision.path().word())
        .addKeyValue("reason", decision.reason())
        .log("worker started");
    return new StartedWorker(pid, decision.path());
  }

  private Path lane(Session session, String name) {
    return sessionsDirectory.resolve(session.spec().id()).resolve(name);
  }
}
