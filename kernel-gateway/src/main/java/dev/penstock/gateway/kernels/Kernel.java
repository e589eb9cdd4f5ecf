package dev.penstock.gateway.kernels;

import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.Executions;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Request;
import dev.penstock.gateway.session.SessionState;
import dev.penstock.gateway.session.TappedLog;
import dev.penstock.gateway.tally.Tally;
import dev.penstock.protocol.connection.ConnectionInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A kernel as servers know it: its id and its log stay over restarts and deaths, its process does
 * not. A process that dies unasked is started again; one that keeps dying at once is given up.
 * Thread-safe.
 */
public final class Kernel {
  private static final Logger LOG = LoggerFactory.getLogger(Kernel.class);

  private final LifeOrder order;
  private final LifeStarter starter;
  private final KernelLog log;
  private final TappedLog tapped;
  private final Voice voice;
  private final Requests requests;
  private final RestartPolicy restarts = new RestartPolicy();
  private final AtomicInteger connections = new AtomicInteger();
  private final Cells cells = new Cells();
  private final Executions executions = new Executions(Clock.systemUTC());
  private final Instant created = Instant.now();
  private final Tally tally;
  private final Progress progress;
  private final CellEnds ends;
  private final CompletableFuture<Ending> gone = new CompletableFuture<>();
  private final Set<Runnable> farewells = ConcurrentHashMap.newKeySet();

  /** Held while a life is replaced by the next one. */
  private final Object turn = new Object();

  private volatile @Nullable Life life;
  private volatile boolean restarting;
  private volatile boolean removed;
  private volatile @Nullable Ending dead;

  /**
   * A kernel without a process; {@link #start} makes one.
   *
   * @param executed told of each cell that was executed to its end; must not wait
   */
  Kernel(
      LifeOrder order,
      LifeStarter starter,
      OutputLog log,
      Tally tally,
      BiConsumer<Kernel, Execution> executed) {
    this.order = order;
    this.starter = starter;
    this.tally = tally;
    this.progress = new Progress(tally);
    this.ends = new CellEnds(cells, execution -> executed.accept(this, execution));
    this.log = new KernelLog(log, progress, executions, ends);
    this.tapped = new TappedLog(this.log);
    this.voice = new Voice(order.kernelId(), tapped);
    this.requests = new Requests(voice);
  }

  public String id() {
    return order.kernelId();
  }

  public LifeOrder order() {
    return order;
  }

  /** Every message of this kernel to its clients, over all its lives. */
  public OutputLog log() {
    return log;
  }

  /** The same, for those who want to know of single requests. */
  public TappedLog tapped() {
    return tapped;
  }

  /** Which cells its latest requests were of. */
  public Cells cells() {
    return cells;
  }

  /** Its execute requests in flight, and what became of the others. */
  public Executions executionsInFlight() {
    return executions;
  }

  /** Counts for all kernels of the server. */
  public Tally tally() {
    return tally;
  }

  /** When it was first started. */
  public Instant created() {
    return created;
  }

  /** The cell that runs for the longest time; null if none does. */
  public @Nullable Running running() {
    return progress.running();
  }

  /** How many cells were replied to, over all lives. */
  public long executions() {
    return progress.executions();
  }

  /** {@code penstock} for a session of this gateway, {@code process} for another kernel. */
  public String kind() {
    return order.spec().isPenstock() ? "penstock" : "process";
  }

  /** Bytes of all messages that it ever logged. */
  public long loggedBytes() {
    return progress.bytes();
  }

  /** What is known of it now. */
  public KernelView view() {
    Ending ending = dead;
    return new KernelView(
        id(),
        order.spec().name(),
        log.lastActivity(),
        state(),
        connections.get(),
        ending == null ? null : ending.cause());
  }

  /** {@code dead} is one that nobody starts again: not a process that has just ended. */
  private String state() {
    if (dead != null) {
      return "dead";
    }
    Life now = life;
    SessionState state = now == null ? SessionState.STARTING : now.state();
    if (restarting || (state == SessionState.DEAD && !removed)) {
      return "restarting";
    }
    return state.name().toLowerCase(Locale.ROOT);
  }

  /** Process of the kernel; 0 while there is none. */
  public long pid() {
    Life now = life;
    return now == null ? 0 : now.pid();
  }

  void start() throws KernelException {
    synchronized (turn) {
      begin();
    }
  }

  /** Takes a request. One between two lives is for the next; for a dead kernel it is refused. */
  public void submit(Request request) {
    log.track(request.header().msgType());
    cells.note(request);
    progress.requested(request);
    ends.requested(request, log.next());
    executions.requested(request);
    requests.submit(request);
  }

  /** Interrupts what runs now; also completed when a process ends that no signal reached. */
  public CompletableFuture<Void> interrupt() {
    Life now = life;
    return now == null
        ? CompletableFuture.completedFuture(null)
        : now.interrupt().applyToEither(now.ended().thenAccept(_ -> {}), Function.identity());
  }

  /** Where its ZeroMQ sockets are. */
  public CompletableFuture<ConnectionInfo> connection() {
    Life now = life;
    return now == null
        ? CompletableFuture.failedFuture(
            new KernelException(KernelException.Reason.NOT_FOUND, "the kernel is dead"))
        : now.connection();
  }

  /** Ends the process and starts another one; returns when that one runs. */
  public void restart() throws KernelException {
    synchronized (turn) {
      restarting = true;
      ends.forget();
      try {
        requests.hold();
        Life old = life;
        if (old != null) {
          old.stop(false, "restarted by a client");
          old.ended().join();
        }
        restarts.reset();
        log.touch();
        begin();
      } catch (KernelException e) {
        giveUp(new Ending(1, String.valueOf(e.getMessage())));
        throw e;
      } finally {
        restarting = false;
      }
    }
  }

  /** Ends the kernel for good; completed when it is gone. */
  CompletableFuture<Ending> remove(boolean now, String cause) {
    removed = true;
    ends.forget();
    Life last = life;
    if (last == null) {
      gone(new Ending(0, cause));
    } else {
      last.stop(now, cause);
      CompletableFuture<Void> _ = last.ended().thenAccept(this::gone);
    }
    return gone;
  }

  private void gone(Ending ending) {
    requests.refuse(ending.cause());
    gone.complete(ending);
    farewells.forEach(this::takeLeave);
  }

  /**
   * Runs this once when the kernel is gone, or now if it is. For those who may leave before the
   * kernel ({@link #doNotSay}): what hangs on the future {@link #gone} stays as long as that.
   */
  public void sayWhenGone(Runnable farewell) {
    farewells.add(farewell);
    if (gone.isDone()) {
      takeLeave(farewell);
    }
  }

  /** Nobody is there any more to hear of the kernel's end. */
  public void doNotSay(Runnable farewell) {
    farewells.remove(farewell);
  }

  private void takeLeave(Runnable farewell) {
    if (farewells.remove(farewell)) {
      farewell.run();
    }
  }

  /** Completed when the kernel was removed and its process has ended. */
  public CompletableFuture<Ending> gone() {
    return gone;
  }

  /** How many WebSockets are open. */
  public int connections() {
    return connections.get();
  }

  /** A WebSocket was opened (1) or closed (-1). */
  public void connected(int change) {
    connections.addAndGet(change);
  }

  private void begin() throws KernelException {
    if (removed) {
      throw new KernelException(KernelException.Reason.NOT_FOUND, "the kernel was shut down");
    }
    progress.reset();
    executions.reset();
    Life next = starter.start(order, tapped);
    if (removed) { // meanwhile: a seed takes its time
      next.stop(true, "the kernel was shut down");
      throw new KernelException(KernelException.Reason.NOT_FOUND, "the kernel was shut down");
    }
    dead = null;
    life = next;
    requests.pass(next);
    CompletableFuture<Void> _ = next.ended().thenAcceptAsync(ending -> ended(next, ending));
  }

  /** A process ended: asked to by a restart or a removal, or else it died. */
  private void ended(Life old, Ending ending) {
    synchronized (turn) {
      if (removed || restarting || !old.equals(life)) {
        return;
      }
      LOG.atInfo()
          .addKeyValue("kernel", id())
          .addKeyValue("exit", ending.exit())
          .log("kernel died");
      if (!restarts.another(Instant.now())) {
        giveUp(ending);
        return;
      }
      voice.status("restarting");
      try {
        begin();
      } catch (KernelException e) {
        giveUp(new Ending(ending.exit(), String.valueOf(e.getMessage())));
      }
    }
  }

  private void giveUp(Ending ending) {
    LOG.atWarn().addKeyValue("kernel", id()).log("kernel given up: it keeps dying");
    dead = ending;
    life = null;
    progress.reset();
    executions.reset();
    voice.status("dead");
    requests.refuse(ending.cause());
  }
}
