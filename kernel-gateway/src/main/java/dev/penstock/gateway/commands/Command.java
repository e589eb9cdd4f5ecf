package dev.penstock.gateway.commands;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.tether.LifeFolder;
import dev.penstock.gateway.tether.Tether;
import dev.penstock.gateway.tether.TetherOrder;
import dev.penstock.gateway.tether.WindowSize;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A command, from its start on and after its end. All it says, and then its exit, is in its log.
 * Thread-safe.
 */
final class Command {
  private static final Logger LOG = LoggerFactory.getLogger(Command.class);

  /** How long its last output may take: what it left in a full pipe waits for the disk. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(30);

  private final CommandOrder order;
  private final CommandLog log;
  private final LifeFolder folder;
  private final OutputBatches batches;
  private final Viewers viewers = new Viewers();
  private final Instant started = Instant.now();
  private final long startedNanos = System.nanoTime();
  private final CompletableFuture<Exit> over = new CompletableFuture<>();
  private final Tether tether;
  private @Nullable String endReason;

  /** Written before {@code batches} is ended, read by the thread that logs. */
  private volatile int status;

  private volatile @Nullable WindowSize size;

  /**
   * Starts a command and returns when it runs.
   *
   * @throws IOException if it cannot be started, which says why
   */
  Command(CommandOrder order, CommandSettings settings, CommandLog log) throws IOException {
    this.order = order.remembered();
    this.log = log;
    this.size = order.terminal();
    batches = new OutputBatches((lane, bytes) -> say(Told.output(lane, bytes)), order.binary());
    folder = LifeFolder.make(settings.runtime().resolve("commands"));
    TetherOrder wanted =
        new TetherOrder(
            settings.tether(),
            argv(),
            order.env(),
            order.cwd(),
            folder.path(),
            LAST_WORDS,
            new TetherOrder.Kind(order.input(), order.merge(), order.terminal()));
    boolean done = false;
    try {
      tether = Tether.start(wanted, batches, this::exited);
      done = true;
    } finally {
      if (!done) {
        folder.delete();
      }
    }
    Thread.ofVirtual().name("command-" + order.id()).start(this::run);
    Limits.watch(this, order.limits());
  }

  /** As posix_spawn takes it: the path first, which is also what the program sees as its name. */
  private List<String> argv() {
    List<String> argv = new ArrayList<>(order.argv());
    argv.set(0, order.program());
    return argv;
  }

  private void say(OutputEntry entry) {
    log.entries().trim(log.entries().append(entry) + 1);
  }

  private void exited(int exit) {
    status = exit;
    batches.end();
  }

  /** Logs what it says until its exit. */
  private void run() {
    try {
      batches.run();
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; its exit is told nevertheless.
      Thread.currentThread().interrupt();
    }
    Exit exit;
    synchronized (this) {
      exit = new Exit(status, Duration.ofNanos(System.nanoTime() - startedNanos), endReason);
    }
    say(Told.exit(exit));
    folder.delete();
    LOG.atInfo().addKeyValue("command", order.id()).addKeyValue("exit", status).log("command over");
    over.complete(exit);
  }

  CommandOrder order() {
    return order;
  }

  OutputLog log() {
    return log.entries();
  }

  /** Lets go of what it said; who reads it may go on for a while. */
  void discardFrom(CommandLogs logs) {
    logs.discard(log, viewers);
  }

  Viewers viewers() {
    return viewers;
  }

  Tether tether() {
    return tether;
  }

  /** Completed when all it said, and its exit, are in the log. */
  CompletableFuture<Exit> over() {
    return over;
  }

  boolean isOver() {
    return over.isDone();
  }

  /**
   * Whether its exit is before this piece. A viewer can have read the exit a moment before the
   * command {@link #isOver()}, and come again.
   */
  boolean hasToldAllBefore(long piece) {
    long next = log().next();
    if (piece < next || piece == 0) {
      return false;
    }
    return isOver() || log().read(next - 1, 1).entries().stream().anyMatch(Told::isExit);
  }

  /** How long it has not said anything. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - batches.lastAt());
  }

  /** How long it has been running. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /** Ends it with all it started: SIGTERM, SIGKILL after a second. The first reason counts. */
  void end(String reason) {
    synchronized (this) {
      if (endReason == null) {
        endReason = reason;
      }
    }
    tether.end();
  }

  /** Gives its terminal another size. */
  void resize(WindowSize other) {
    size = other;
    tether.resize(other);
  }

  /** What is told of it; never its environment. */
  ObjectNode json() {
    Exit exit = over.getNow(null);
    ObjectNode json = Json.object().put("id", order.id());
    order.argv().forEach(json.putArray("argv")::add);
    json.put("cwd", order.cwd().toString())
        .put("state", exit == null ? "running" : "exited")
        .put("pid", tether.pid())
        .put("started", started.truncatedTo(ChronoUnit.MILLIS).toString())
        .put("stdin", order.input() || order.terminal() != null)
        .put("encoding", order.binary() ? "base64" : "utf-8")
        .put("viewers", viewers.count())
        .put("next", log().next());
    WindowSize window = size;
    if (window == null) {
      json.putNull("pty");
    } else {
      json.putObject("pty").put("rows", window.rows()).put("columns", window.columns());
    }
    return json.set("exit", exit == null ? null : exit.json());
  }
}
