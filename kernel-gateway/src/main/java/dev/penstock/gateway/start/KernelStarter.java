package dev.penstock.gateway.start;

import dev.penstock.gateway.door.Audiences;
import dev.penstock.gateway.door.ZmqDoor;
import dev.penstock.gateway.keeper.KeeperException;
import dev.penstock.gateway.placement.Guards;
import dev.penstock.gateway.placement.Placement;
import dev.penstock.gateway.placement.StartedWorker;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Session;
import dev.penstock.gateway.session.SessionTable;
import dev.penstock.gateway.session.Sessions;
import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.connection.RegistrationInfo;
import dev.penstock.protocol.message.HeaderFactory;
import dev.penstock.protocol.wire.RegistrationCodec;
import dev.penstock.protocol.wire.ReplayGuard;
import dev.penstock.protocol.wire.Signer;
import dev.penstock.protocol.wire.WireCodec;
import dev.penstock.protocol.zmq.BindException;
import dev.penstock.protocol.zmq.KernelSockets;
import dev.penstock.protocol.zmq.Registrar;
import dev.penstock.protocol.zmq.SocketLimits;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts kernels: sockets and worker at the same time. Thread-safe. */
public final class KernelStarter {
  private static final Logger LOG = LoggerFactory.getLogger(KernelStarter.class);
  private static final Duration REGISTRATION_LIMIT = Duration.ofSeconds(10);

  private final SessionTable table;
  private final Placement placement;
  private final Guards guards;
  private final ZmqRuntime zmq;
  private final Leases leases;
  private final Registrar registrar;
  private final Audiences audiences = new Audiences();

  /** Starts kernels with these parts of the gateway. */
  public KernelStarter(
      SessionTable table, Placement placement, Guards guards, ZmqRuntime zmq, Leases leases) {
    this.table = table;
    this.placement = placement;
    this.guards = guards;
    this.zmq = zmq;
    this.leases = leases;
    this.registrar = new Registrar(zmq);
  }

  /**
   * Starts a kernel.
   *
   * @param log where its messages go
   */
  public Started start(StartRequest start, OutputLog log) throws StartException {
    Placement place = place(start);
    Sessions.Opening opening =
        Sessions.open(start.spec(), start.sockets() ? doors(start) : null, log, place.keeper());
    Session session = opening.session();
    if (!table.add(session)) {
      throw new StartException(
          "leaving", "this gateway is about to end", "try again: another one is started");
    }
    session.whenEnded(ending -> ended(session, place, ending));
    opening.begin().run();
    StartedWorker worker = startWorker(session, start, place, opening.bound());
    lease(session, start);
    register(session, start, opening.bound());
    return new Started(session, opening.bound().join(), worker);
  }

  /** Does ahead what the start of a kernel on this machine shares with the starts after it. */
  public void prepare(StartRequest start) throws StartException {
    try {
      placement.prepare(start.order());
    } catch (IOException e) {
      throw notStarted(e);
    }
  }

  /** How the ZeroMQ sockets of a kernel are opened that was started so. */
  public Sessions.DoorFactory doors(StartRequest start) throws StartException {
    Signer signer = signer(start.connection());
    return (headers, from) -> door(start, signer, headers, from);
  }

  private Placement place(StartRequest start) throws StartException {
    StartRequest.Guard named = start.guard();
    if (named == null) {
      return placement;
    }
    Placement guard = guards.take(named.name(), named.reason());
    if (guard == null) {
      throw new StartException(
          "guard-gone", "the guard that was to start the worker is gone", "try again");
    }
    return guard;
  }

  private static Signer signer(ConnectionInfo connection) throws StartException {
    try {
      return Signer.of(connection.signatureScheme(), connection.key());
    } catch (IllegalArgumentException e) {
      throw new StartException("bad-connection", String.valueOf(e.getMessage()), "use hmac-sha256");
    }
  }

  private Sessions.OpenDoor door(
      StartRequest start, Signer signer, HeaderFactory headers, long from) throws BindException {
    KernelSockets sockets = KernelSockets.bind(zmq, start.connection(), SocketLimits.DEFAULT);
    WireCodec codec = new WireCodec(signer, new ReplayGuard());
    return new Sessions.OpenDoor(
        new ZmqDoor(start.spec().id(), sockets, codec, headers, audiences, from),
        sockets.connection());
  }

  private StartedWorker startWorker(
      Session session, StartRequest start, Placement place, CompletableFuture<ConnectionInfo> bound)
      throws StartException {
    try {
      // Sockets are bound meanwhile; no worker is started for a session that has none.
      place.prepare(start.order());
      bound.get();
      return place.start(session, start.order());
    } catch (IOException e) {
      session.startFailed(String.valueOf(e.getMessage()));
      table.release(session.spec().id());
      throw notStarted(e);
    } catch (ExecutionException e) {
      table.release(session.spec().id());
      throw new StartException("bind-failed", reason(e), "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      session.stop(true, "the gateway is ending");
      throw new StartException("leaving", "this gateway is about to end", "try again");
    }
  }

  private static StartException notStarted(IOException e) {
    if (e instanceof KeeperException refusal && refusal.code().equals(StartException.LIMIT)) {
      return new StartException(StartException.LIMIT, String.valueOf(e.getMessage()), "");
    }
    return new StartException(
        "start-failed",
        "the Python worker could not be started: " + e.getMessage(),
        "run 'penstock doctor'");
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause();
    return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
  }

  private void lease(Session session, StartRequest start) throws StartException {
    StartRequest.Lease lease = start.lease();
    if (lease != null && !leases.take(session, lease.pid(), lease.start())) {
      session.stop(true, "its owner is gone");
      throw new StartException(
          "owner-gone", "the process " + lease.pid() + " that asked for the kernel is gone", "");
    }
  }

  /** A launcher that does not answer will never use the kernel, which then has to end (JEP 66). */
  private void register(
      Session session, StartRequest start, CompletableFuture<ConnectionInfo> bound)
      throws StartException {
    RegistrationInfo launcher = start.registration();
    if (launcher == null) {
      return;
    }
    RegistrationCodec codec = new RegistrationCodec(signer(start.connection()));
    if (!registrar.register(launcher, bound.join(), codec, REGISTRATION_LIMIT)) {
      session.stop(true, "its launcher did not acknowledge the registration");
      table.release(session.spec().id());
      throw new StartException(
          "registration-failed",
          "the launcher at %s did not acknowledge the kernel's registration within %d s"
              .formatted(launcher.address(), REGISTRATION_LIMIT.toSeconds()),
          "it must listen there until it has answered with a message that is signed with the key");
    }
  }

  private void ended(Session session, Placement place, Ending ending) {
    leases.drop(session);
    place.release(session);
    LOG.atInfo()
        .addKeyValue("session", session.spec().id())
        .addKeyValue("exit", ending.exit())
        .log("session ended");
  }
}
