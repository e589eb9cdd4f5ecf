package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.SessionEvent.Command;
import dev.penstock.gateway.session.SessionEvent.FromWorker;
import dev.penstock.gateway.session.Sessions.DoorFactory;
import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.message.HeaderFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of one session: the only thread that touches its sockets, queue, log and worker (single
 * writer). It steps from inbox to worker to door and back, and waits only in the door.
 */
final class SessionConductor implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SessionConductor.class);

  private static final Duration BLOCKED_PATIENCE = Duration.ofMillis(1);
  private static final Duration IDLE_PATIENCE = Duration.ofSeconds(30);

  /** How long a dead session tries to tell its clients what it has to tell. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private static final int EVENTS_PER_STEP = 128;

  /** Bytes of output after which requests get their turn, save that one event may be larger. */
  private static final long BYTES_PER_STEP = 256 << 10;

  private final SessionSpec spec;
  private final SessionInbox inbox;
  private final HeaderFactory headers;
  private final Doorway door;
  private final @Nullable DoorFactory doors;
  private final OutputLog log;
  private final Outlet outlet;
  private final Executions executions = new Executions(Clock.systemUTC());
  private final WorkerControl worker;
  private final CompletableFuture<ConnectionInfo> bound = new CompletableFuture<>();
  private final CompletableFuture<Ending> ended = new CompletableFuture<>();
  private ConnectionInfo connection = ConnectionInfo.loopback("");
  private volatile SessionView view =
      new SessionView(SessionState.STARTING, Instant.now(), null, 0);

  SessionConductor(
      SessionSpec spec,
      SessionInbox inbox,
      HeaderFactory headers,
      Doorway door,
      @Nullable DoorFactory doors,
      OutputLog log,
      Outlet outlet,
      WorkerControl worker) {
    this.spec = spec;
    this.inbox = inbox;
    this.headers = headers;
    this.door = door;
    this.doors = doors;
    this.log = log;
    this.outlet = outlet;
    this.worker = worker;
  }

  SessionView view() {
    return view;
  }

  OutputLog log() {
    return log;
  }

  Executions executions() {
    return executions;
  }

  /** Completed when the sockets are bound, exceptionally when they cannot be. */
  CompletableFuture<ConnectionInfo> bound() {
    return bound;
  }

  CompletableFuture<Ending> ended() {
    return ended;
  }

  @Override
  public void run() {
    try {
      if (doors != null) {
        openSockets(doors);
      }
    } catch (Exception e) {
      // Whoever asked for the session is told why; nothing else knows of it yet.
      bound.completeExceptionally(e);
      finish(new Ending(1, "sockets could not be bound: " + e.getMessage()));
      return;
    }
    Ending ending;
    try (door) {
      ending = conduct();
    } catch (RuntimeException e) {
      // A fault of ours must end this session only, and say so.
      LOG.atError().addKeyValue("session", spec.id()).setCause(e).log("session failed");
      worker.signal(WorkerControl.SIGKILL);
      ending = new Ending(1, "internal error of the gateway: " + e);
    }
    finish(ending);
  }

  /** Sockets are opened on the owner thread, because they belong to it. */
  private void openSockets(DoorFactory factory) throws Exception {
    Sessions.OpenDoor open = factory.open(headers, log.next());
    door.open(open.door());
    connection = open.connection();
    view = new SessionView(view.state(), view.started(), connection, view.workerPid());
  }

  private void openSockets(SessionEvent.OpenSockets wanted) {
    try {
      if (!door.hasSockets()) {
        openSockets(wanted.doors());
      }
      wanted.opened().complete(connection);
    } catch (Exception e) {
      // Who asked is told; the session goes on without sockets.
      wanted.opened().completeExceptionally(e);
    }
  }

  private Ending conduct() {
    inbox.wakeWith(door::wakeup);
    outlet.status(Json.emptyObject(), "starting");
    Lifecycle lifecycle = new Lifecycle(spec, outlet, worker, door);
    Conversation conversation =
        new Conversation(
            outlet,
            executions,
            worker,
            door,
            new GatewayReplies(outlet, () -> connection),
            lifecycle);
    bound.complete(connection);
    boolean flowing = true;
    while (true) {
      takeCommands(conversation, lifecycle);
      if (flowing) {
        takeOutput(conversation, lifecycle);
      }
      Ending over = lifecycle.ending();
      if (over != null) {
        // First shut: who has heard of the death by its own answer and sends more, means the next
        // life of the kernel.
        door.shut(conversation);
        conversation.over(over.cause(), !lifecycle.stopping());
        lastWords(!lifecycle.stopping());
        return over;
      }
      conversation.dispatch();
      lifecycle.checkDeadline();
      show(conversation, lifecycle);
      outlet.releaseDue();
      // Output waits in the inbox, and the worker with it, while the clients or the disk take none;
      // requests are served meanwhile.
      flowing = door.deliver(log) && log.hasRoom();
      log.trim(door.position());
      door.serve(patience(flowing, lifecycle), conversation);
    }
  }

  private Duration patience(boolean flowing, Lifecycle lifecycle) {
    if (!flowing) {
      return BLOCKED_PATIENCE;
    }
    return inbox.isEmpty() ? outlet.patience(lifecycle.patience(IDLE_PATIENCE)) : Duration.ZERO;
  }

  private void takeCommands(Conversation conversation, Lifecycle lifecycle) {
    for (Command command = inbox.nextCommand(); command != null; command = inbox.nextCommand()) {
      switch (command) {
        case SessionEvent.DataLinkOpened(var link, var hello) -> {
          worker.dataOpened(link);
          conversation.workerReady(hello);
        }
        case SessionEvent.ControlLinkOpened(var link) -> {
          worker.controlOpened(link);
          lifecycle.controlOpened();
        }
        case SessionEvent.ControlFrame(var frame) -> conversation.controlFrame(frame);
        case SessionEvent.WorkerStarted(var pid) -> {
          worker.started(pid);
          lifecycle.workerStarted();
        }
        case SessionEvent.OpenSockets wanted -> openSockets(wanted);
        case SessionEvent.StartFailed(var reason) -> lifecycle.startFailed(reason);
        case SessionEvent.Interrupt(var done) -> {
          conversation.interrupt();
          done.complete(null);
        }
        case SessionEvent.Signal(var number, var done) -> {
          worker.signal(number);
          done.complete(null);
        }
        case SessionEvent.Stop(var now, var cause) -> lifecycle.stop(now, false, cause);
      }
    }
  }

  private void takeOutput(Conversation conversation, Lifecycle lifecycle) {
    long bytes = 0;
    for (int i = 0; i < EVENTS_PER_STEP && bytes < BYTES_PER_STEP; i++) {
      FromWorker event = inbox.nextOutput();
      bytes += event == null ? 0 : event.bytes();
      switch (event) {
        case null -> {
          return;
        }
        case SessionEvent.WorkerFrame(var frame) -> conversation.frame(frame);
        case SessionEvent.LaneText(var lane, var text) -> {
          lifecycle.sawText(lane, text);
          outlet.stream(conversation.currentParent(), lane.streamName(), text);
        }
        case SessionEvent.WorkerEnded(var exit, var cause) -> {
          lifecycle.workerEnded(exit, cause, conversation);
          return;
        }
      }
    }
  }

  private void show(Conversation conversation, Lifecycle lifecycle) {
    SessionState state = lifecycle.stopping() ? SessionState.STOPPING : conversation.state();
    if (state != view.state() || worker.pid() != view.workerPid()) {
      view = new SessionView(state, view.started(), connection, worker.pid());
    }
  }

  /**
   * Sends what is still unsaid, but does not wait for a client that does not listen.
   *
   * @param death the cause is told also to those who are expected back after a restart
   */
  private void lastWords(boolean death) {
    outlet.release();
    Instant until = Instant.now().plus(LAST_WORDS);
    while ((!door.deliver(log) || (death && door.position() < log.next()))
        && Instant.now().isBefore(until)) {
      door.serve(BLOCKED_PATIENCE, Inbound.DEAF);
    }
  }

  private void finish(Ending ending) {
    door.shut(Inbound.DEAF);
    inbox.close();
    worker.close();
    executions.over();
    view = new SessionView(SessionState.DEAD, view.started(), view.connection(), view.workerPid());
    ended.complete(ending);
  }
}
