package dev.penstock.gateway.pathview;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.verbs.Turn;
import dev.penstock.gateway.verbs.VerbError;
import dev.penstock.gateway.verbs.VerbResult;
import dev.penstock.gateway.verbs.Verbs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * A session: a kernel that is made ready before its first code, and again when its process was
 * replaced. Thread-safe; a call waits for no other session.
 */
final class PathviewSession {
  /** What the server waits beyond the time limit, which the worker keeps. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final int TRIES = 3;

  private final String id;
  private final SessionKernels kernels;
  private final PathviewSettings settings;
  private final Streams streams = new Streams();
  private final AtomicInteger calls = new AtomicInteger();

  /** Held while the kernel is made ready, and while a stream begins. */
  private final ReentrantLock turn = new ReentrantLock();

  /** Held while code runs, by one call after the other. */
  private final ReentrantLock running = new ReentrantLock(true);

  private volatile @Nullable Kernel kernel;
  private volatile @Nullable Ready ready;
  private volatile boolean lost;
  private volatile boolean ended;
  private volatile long used = System.nanoTime();

  /** A kernel's process that was made ready. */
  private record Ready(Kernel kernel, long pid, Verbs verbs) {
    boolean holds() {
      return !kernel.gone().isDone() && kernel.pid() == pid;
    }
  }

  PathviewSession(String id, SessionKernels kernels, PathviewSettings settings) {
    this.id = id;
    this.kernels = kernels;
    this.settings = settings;
  }

  String id() {
    return id;
  }

  /** Whether its state was lost, and no call has made it ready since. */
  boolean isLost() {
    return lost;
  }

  /** A call begins; {@link #leave} follows. */
  void enter() {
    calls.incrementAndGet();
    used = System.nanoTime();
  }

  void leave() {
    used = System.nanoTime();
    calls.decrementAndGet();
  }

  /**
   * Whether nobody called for this time, no notebook is attached, and nobody else's code runs: a
   * stream of values is no reason, for its readers call.
   */
  boolean isUnused(Duration ttl) {
    Kernel now = kernel;
    return calls.get() == 0
        && System.nanoTime() - used > ttl.toNanos()
        && (now == null || (now.connections() == 0 && !Doing.works(now)));
  }

  /** Makes it ready with these packages; what to tell the page, nothing if it was ready. */
  ArrayNode init(List<PackageWish> packages)
      throws SetupException, KernelException, InterruptedException {
    turn.lockInterruptibly();
    try {
      lost = false;
      Ready now = ready;
      return now != null && now.holds() ? Json.array() : begin(packages);
    } finally {
      turn.unlock();
    }
  }

  private ArrayNode begin(List<PackageWish> packages)
      throws SetupException, KernelException, InterruptedException {
    ready = null;
    streams.forget();
    for (int i = 0; i < TRIES; i++) {
      Kernel mine = kernel();
      long pid = mine.pid();
      Verbs verbs = Verbs.of(mine);
      ArrayNode messages = setUp(mine, new Setup(verbs, settings.installLimit()), packages);
      Ready next = new Ready(mine, pid, verbs);
      if (pid != 0 && next.holds()) {
        ready = next;
        return messages;
      }
    }
    throw new SetupException("Worker process died during initialization");
  }

  private ArrayNode setUp(Kernel mine, Setup setup, List<PackageWish> packages)
      throws SetupException, InterruptedException {
    try {
      return setup.run(packages);
    } catch (SetupException e) {
      if (setup.isStuck()) {
        giveUp(mine, "its initialization did not end");
      }
      throw e;
    }
  }

  private Kernel kernel() throws KernelException {
    checkGoesOn();
    Kernel now = kernel;
    if (now != null && now.view().executionState().equals("dead")) {
      kernels.end(now, "it kept dying");
    }
    if (now == null || now.gone().isDone()) {
      now = kernels.start(id);
      kernel = now;
      if (ended) { // meanwhile; who ended it may not have seen this one
        kernels.end(now, "its session was ended");
      }
      checkGoesOn();
    }
    return now;
  }

  /** Nobody would end a kernel that is started after the session's end. */
  private void checkGoesOn() throws KernelException {
    if (ended) {
      throw new KernelException(KernelException.Reason.NOT_FOUND, "The session was ended");
    }
  }

  private Ready ready() throws SetupException, KernelException, InterruptedException {
    ArrayNode _ = init(List.of());
    Ready now = ready;
    if (now == null) {
      throw new SetupException("Worker process died during initialization"); // ended meanwhile
    }
    return now;
  }

  /** Executes code; a stream that runs is stopped first. */
  VerbResult execute(String code)
      throws SetupException, KernelException, InterruptedException, TimeoutException {
    return run((verbs, patience, turn) -> verbs.execute(code, settings.limit(), patience, turn));
  }

  /** Evaluates an expression; the rest is as of {@link #execute}. */
  VerbResult evaluate(String expression)
      throws SetupException, KernelException, InterruptedException, TimeoutException {
    return run(
        (verbs, patience, turn) -> verbs.evaluate(expression, settings.limit(), patience, turn));
  }

  /** Something that runs in the kernel and is waited for. */
  @FunctionalInterface
  private interface Work {
    VerbResult in(Verbs verbs, Duration patience, Turn turn)
        throws InterruptedException, TimeoutException;
  }

  private VerbResult run(Work work)
      throws SetupException, KernelException, InterruptedException, TimeoutException {
    running.lockInterruptibly(); // who waits for another call's code does not run out of time
    try {
      Ready now = ready();
      PathviewStream before = streams.current();
      stop();
      Duration patience = settings.limit().plus(GRACE);
      if (before != null && !before.isRead()) {
        patience = patience.plus(settings.limit()); // its last step may take as long
      }
      return checked(now, inTime(now, work, patience));
    } finally {
      running.unlock();
    }
  }

  /** Ends the kernel if this session's own code holds it up; what others run there, they end. */
  private VerbResult inTime(Ready now, Work work, Duration patience)
      throws InterruptedException, TimeoutException {
    AtomicBoolean begun = new AtomicBoolean();
    try {
      return work.in(now.verbs(), patience, () -> begun.set(true));
    } catch (TimeoutException e) {
      if (begun.get() || Doing.streams(now.kernel(), now.verbs())) {
        giveUp(now.kernel(), "its code did not end, and could not be interrupted");
      }
      throw e;
    }
  }

  /** What ran in a process that was not made ready is as little worth as what a death ended. */
  private VerbResult checked(Ready now, VerbResult result) {
    VerbError error = result.error();
    if (error != null && Messages.isDeath(error)) {
      lose();
    } else if (!now.holds()) {
      lose();
      VerbError death = new VerbError("DeadKernelError", "", List.of());
      return new VerbResult(null, death, result.stdout(), result.stderr());
    }
    return result;
  }

  private void lose() {
    ready = null;
    lost = true;
    streams.forget();
  }

  /** What does not let itself be interrupted is ended with its process. */
  private void giveUp(Kernel stuck, String cause) {
    if (stuck.equals(kernel)) {
      kernel = null;
    }
    lose();
    Thread _ = Thread.startVirtualThread(() -> kernels.end(stuck, cause));
  }

  /** Starts a stream; one that runs is stopped first. */
  PathviewStream stream(String expression, JsonNode streamId, String reader)
      throws SetupException, KernelException, InterruptedException {
    Ready now = ready();
    turn.lockInterruptibly();
    try {
      stop();
      PathviewStream stream =
          new PathviewStream(now.verbs().stream(expression, settings.limit()), streamId);
      streams.begin(stream, reader);
      return stream;
    } finally {
      turn.unlock();
    }
  }

  /** What this reader has not seen of the stream; waits this long for a first message. */
  Batch poll(String reader, Duration patience) throws InterruptedException {
    return streams.read(reader, patience);
  }

  /** Asks the stream to end after its step, if there is one. */
  void stop() throws InterruptedException {
    PathviewStream stream = streams.current();
    if (stream != null) {
      stream.stop();
    }
  }

  /** Has code executed by the stream; why it will not be, or null. */
  @Nullable VerbError inject(String code) throws InterruptedException {
    PathviewStream stream = streams.current();
    return stream == null ? null : stream.execute(code);
  }

  /** Interrupts what runs. */
  CompletableFuture<Void> interrupt() {
    Kernel now = kernel;
    return now == null ? CompletableFuture.completedFuture(null) : now.interrupt();
  }

  /** Ends it with its kernel; returns when that is gone. */
  void end(String cause) {
    ended = true; // before the kernel is looked for: one that comes later is ended by who starts it
    Kernel now = kernel;
    kernel = null;
    lose();
    if (now != null) {
      kernels.end(now, cause);
    }
  }
}
