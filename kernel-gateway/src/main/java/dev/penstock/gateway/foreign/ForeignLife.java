package dev.penstock.gateway.foreign;

import dev.penstock.gateway.kernels.Life;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.lane.Lane;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.ExitCause;
import dev.penstock.gateway.session.Request;
import dev.penstock.gateway.session.SessionState;
import dev.penstock.gateway.session.StderrTail;
import dev.penstock.gateway.tether.Tether;
import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.zmq.ClientSockets;
import dev.penstock.protocol.zmq.Received;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of another kernel: an owner thread that has the client's ends of its five sockets.
 * What is not said otherwise belongs to that thread; the methods of {@link Life} are for any.
 */
final class ForeignLife implements Life {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignLife.class);
  private static final Duration LONG = Duration.ofHours(1);

  /** What a dead kernel sent last is here once nothing came for so long. */
  private static final Duration QUIET = Duration.ofMillis(100);

  private static final int MAX_LAST_MESSAGES = 100_000;

  private final LifeOrder order;
  private final ConnectionInfo connection;
  private final Inbox inbox;
  private final ClientSockets sockets;
  private final Relay relay;
  private final Tether tether;
  private final SpareOutput spare;
  private final Escalation escalation;
  private final StderrTail stderr = new StderrTail();
  private final CompletableFuture<Ending> ended = new CompletableFuture<>();
  private @Nullable String stopCause;
  private @Nullable Integer exit;

  ForeignLife(
      LifeOrder order,
      ConnectionInfo connection,
      Inbox inbox,
      ClientSockets sockets,
      Relay relay,
      Tether tether,
      SpareOutput spare) {
    this.order = order;
    this.connection = connection;
    this.inbox = inbox;
    this.sockets = sockets;
    this.relay = relay;
    this.tether = tether;
    this.spare = spare;
    this.escalation = new Escalation(tether);
  }

  /** Starts the owner thread. */
  void begin() {
    Thread.ofPlatform().daemon().name("kernel-" + order.kernelId()).start(this::run);
  }

  /** Completes with true when the kernel answers, with false when it ended before. */
  CompletableFuture<Boolean> ready() {
    return relay.readiness().future();
  }

  /** The last of what it wrote to stderr while it started, on lines of its own; once it ended. */
  String complaints() {
    return stderr.asSuffix();
  }

  @Override
  public boolean submit(Request request) {
    return inbox.offer(new Command.Submit(request));
  }

  @Override
  public CompletableFuture<Void> interrupt() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (!inbox.offer(new Command.Interrupt(done))) {
      done.complete(null);
    }
    return done;
  }

  @Override
  public void stop(boolean now, String cause) {
    boolean _ = inbox.offer(new Command.Stop(now, cause)); // if not, it has ended
  }

  @Override
  public CompletableFuture<Ending> ended() {
    return ended;
  }

  @Override
  public SessionState state() {
    return relay.activity().state();
  }

  @Override
  public long pid() {
    return ended.isDone() ? 0 : tether.pid();
  }

  @Override
  public CompletableFuture<ConnectionInfo> connection() {
    return CompletableFuture.completedFuture(connection);
  }

  private void run() {
    Ending ending = new Ending(1, "the gateway could not go on with this kernel; see its log");
    try {
      while (exit == null) {
        turn();
      }
      ending = last(exit);
    } catch (RuntimeException e) {
      // A defect of ours or a lost ZeroMQ context: the clients must learn of it.
      LOG.atError().addKeyValue("kernel", order.kernelId()).setCause(e).log("owner thread failed");
    } finally {
      finish(ending);
    }
  }

  private void finish(Ending ending) {
    try {
      inbox.close();
      tether.end();
      relay.farewell(ending, stopCause == null && !relay.isAskedByClient());
      for (Command late = inbox.poll(); late != null; late = inbox.poll()) {
        tooLate(late);
      }
      sockets.close();
    } finally {
      ended.complete(ending);
    }
  }

  private void turn() {
    obeyAll();
    relay.nudge();
    escalation.advance();
    Duration wait = relay.readiness().patience(escalation.patience(LONG));
    Received received = sockets.poll(exit == null ? wait : Duration.ZERO, true);
    if (received != null) {
      relay.take(received);
    }
  }

  private void obeyAll() {
    for (Command next = inbox.poll(); next != null; next = inbox.poll()) {
      obey(next);
    }
  }

  private void obey(Command command) {
    switch (command) {
      case Command.Submit submit -> relay.submit(submit.request());
      case Command.Interrupt interrupt -> {
        interruptKernel();
        interrupt.done().complete(null);
      }
      case Command.Stop stop -> stopKernel(stop);
      case Command.Text text -> text(text.lane(), text.text());
      case Command.Exited exited -> exit = exited.exit();
    }
  }

  private void interruptKernel() {
    if (order.spec().interruptMode().equalsIgnoreCase("message")) {
      relay.interrupt();
    } else {
      tether.signal(Tether.SIGINT);
    }
  }

  private void stopKernel(Command.Stop stop) {
    if (stopCause == null) {
      stopCause = stop.cause();
      relay.activity().fix(SessionState.STOPPING);
      if (!stop.now()) {
        interruptKernel();
        relay.shutdown();
        escalation.begin();
      }
    }
    if (stop.now()) {
      escalation.kill();
    }
  }

  private void text(Lane lane, String text) {
    if (lane == Lane.ERR && !relay.readiness().isReady()) {
      stderr.add(text);
    }
    if (!relay.text(lane.streamName(), text)) {
      spare.add(order.kernelId(), text);
    }
  }

  /** The process is gone: takes what it sent last, and says how it ended. */
  private Ending last(int code) {
    long quietUntil = System.nanoTime() + QUIET.toNanos();
    for (int i = 0; i < MAX_LAST_MESSAGES && quietUntil - System.nanoTime() > 0; i++) {
      Received received = sockets.poll(QUIET, true); // null at once after a wakeup
      if (received != null) {
        relay.take(received);
        quietUntil = System.nanoTime() + QUIET.toNanos();
      }
    }
    boolean starting = !relay.readiness().isReady();
    String cause = stopCause;
    if (cause == null) {
      cause =
          relay.isAskedByClient()
              ? "shut down by a client"
              : ExitCause.ofKernel(code, starting) + (starting ? stderr.asSuffix() : "");
    }
    LOG.atInfo()
        .addKeyValue("kernel", order.kernelId())
        .addKeyValue("exit", code)
        .addKeyValue("asked", stopCause != null)
        .log("kernel ended");
    return new Ending(code, cause);
  }

  private void tooLate(Command command) {
    switch (command) {
      case Command.Submit submit -> relay.late(submit.request());
      case Command.Interrupt interrupt -> interrupt.done().complete(null);
      case Command.Stop _, Command.Text _, Command.Exited _ -> {} // it has ended
    }
  }
}
