package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.keeper.WorkerExit;
import dev.penstock.gateway.lane.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a session comes to its end: asked, killed, or by the death of its worker. Belongs to the
 * session's owner thread.
 */
final class Lifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

  /** A client gives up a polite shutdown after 2.5 s (CONN-24): by then the worker must be gone. */
  private static final Duration GRACE = Duration.ofMillis(1500);

  private final SessionSpec spec;
  private final Outlet outlet;
  private final WorkerControl worker;
  private final Door door;
  private final StderrTail stderrTail = new StderrTail();

  /** Clients that asked for the shutdown: they are answered when it is done (CTL-04). */
  private final List<Request> askers = new ArrayList<>();

  private boolean started;
  private boolean stopping;
  private boolean restart;
  private boolean askedWorker;
  private String stopCause = "";
  private @Nullable Instant killAt;
  private @Nullable Ending ending;

  Lifecycle(SessionSpec spec, Outlet outlet, WorkerControl worker, Door door) {
    this.spec = spec;
    this.outlet = outlet;
    this.worker = worker;
    this.door = door;
  }

  /** How the session ended, null while it lives. */
  @Nullable Ending ending() {
    return ending;
  }

  boolean stopping() {
    return stopping;
  }

  /** How long the owner may wait. */
  Duration patience(Duration atMost) {
    Instant at = killAt;
    if (at == null || worker.pid() == 0) {
      return atMost;
    }
    Duration left = Duration.between(Instant.now(), at);
    return left.isNegative() ? Duration.ZERO : left;
  }

  void workerStarted() {
    if (stopping) {
      pursueStop();
    }
  }

  void controlOpened() {
    started = true;
    if (stopping) {
      pursueStop();
    }
  }

  void startFailed(String reason) {
    ending = new Ending(1, reason);
  }

  void sawText(Lane lane, String text) {
    if (lane == Lane.ERR && !started) {
      stderrTail.add(text);
    }
  }

  /** A client's shutdown_request: it gets its reply when the worker is gone. */
  void stopFor(Request request) {
    outlet.status(request.message().header(), "busy");
    boolean forRestart = false;
    try {
      forRestart = Json.flag(Json.readObject(request.message().content()), "restart");
    } catch (JsonLineException e) {
      // A shutdown is a shutdown, whatever the content; restart is only repeated in the reply.
      LOG.atInfo().setCause(e).log("shutdown_request with unreadable content");
    }
    askers.add(request);
    stop(false, forRestart, forRestart ? "restarted by a client" : "shut down by a client");
  }

  /** Ends the session. Asked again, the harder way wins. */
  void stop(boolean now, boolean forRestart, String cause) {
    if (!stopping) {
      stopping = true;
      restart = forRestart;
      stopCause = cause;
      LOG.atInfo()
          .addKeyValue("session", spec.id())
          .addKeyValue("cause", cause)
          .addKeyValue("now", now)
          .log("session stopping");
      killAt = Instant.now().plus(GRACE);
    }
    if (now) {
      killAt = Instant.now();
    }
    pursueStop();
  }

  /** Kills a worker that did not end in time. */
  void checkDeadline() {
    Instant at = killAt;
    if (at != null && ending == null && !Instant.now().isBefore(at) && worker.pid() != 0) {
      worker.signal(WorkerControl.SIGKILL);
      // Asked again should the signal be lost with the keeper; the exit event normally comes within
      // milliseconds.
      killAt = Instant.now().plus(GRACE);
    }
  }

  private void pursueStop() {
    if (!askedWorker) {
      askedWorker = worker.askToEnd(restart);
    }
    checkDeadline();
  }

  /** The worker is gone and everything it wrote is in the log. */
  void workerEnded(WorkerExit exit, @Nullable String cause, Conversation conversation) {
    if (stopping) {
      ending = new Ending(exit.code(), stopCause);
      answerAskers();
    } else {
      ending =
          die(
              exit,
              cause == null ? ExitCause.of(exit, !started, spec.memoryLimit()) : cause,
              conversation.currentParent());
    }
    LOG.atInfo()
        .addKeyValue("session", spec.id())
        .addKeyValue("exit", exit.code())
        .addKeyValue("asked", stopping)
        .log("worker ended");
  }

  private void answerAskers() {
    byte[] content = Json.bytes(Json.object().put("status", "ok").put("restart", restart));
    for (Request asker : askers) {
      outlet.reply(asker, "shutdown_reply", Json.emptyObject(), content, List.of());
      outlet.iopub("shutdown_reply", asker.message().header(), Json.emptyObject(), content);
      outlet.status(asker.message().header(), "idle");
    }
  }

  /** Tells the clients why, in the cell that ran, and stops the heartbeat. */
  private Ending die(WorkerExit exit, String cause, byte[] cell) {
    outlet.stream(cell, "stderr", "\nPenstock: " + cause + "\n");
    door.stopHeartbeat();
    return new Ending(exit.code(), cause + stderrTail.asSuffix());
  }
}
