package dev.penstock.gateway.v1;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Tells one client what an execution says, on the client's own thread: one that does not read holds
 * up nobody else, and finds a gap where it stayed behind for too long.
 */
final class OutputFeed {
  private static final int BATCH = 256;

  /** How long a quiet kernel is waited for before it is looked whether the client is there. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /** Proxies end connections that are silent for longer, often after 30 s or a minute. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(14);

  /** Between the logging of an entry and its being heard. */
  private static final long MOMENT_NS = 50_000;

  private final OutputLog log;
  private final Run run;
  private final RunSink sink;
  private final BooleanSupplier gone;
  private final long begin;
  private long next;
  private long value;
  private boolean exited;
  private boolean told;
  private long wroteAt = System.nanoTime();

  /**
   * A reader.
   *
   * @param log the kernel's
   * @param from number of the first entry
   * @param gone whether the reader has left
   */
  OutputFeed(OutputLog log, Run run, long from, RunSink sink, BooleanSupplier gone) {
    this.log = log;
    this.run = run;
    this.begin = Math.max(from, run.from());
    this.next = begin;
    this.sink = sink;
    this.gone = gone;
  }

  /** Tells what there is, once there is something or so much time has passed. */
  void read(Duration patience) throws IOException, InterruptedException {
    sink.begin();
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      long upTo = log.next();
      while (next < upTo && step(upTo)) {}
      finishRun();
      tellRead();
      long left = end - System.nanoTime();
      if (told || exited || left <= 0 || gone.getAsBoolean()) {
        break;
      }
      await(
          run.pace().patience(LOOK).compareTo(Duration.ofNanos(left)) < 0
              ? run.pace().patience(LOOK)
              : Duration.ofNanos(left));
    }
    sink.end(next);
    sink.flush();
  }

  /**
   * Tells all it says until its end, or until the reader leaves.
   *
   * @return whether it got to the end
   */
  boolean follow() throws IOException, InterruptedException {
    sink.begin();
    sink.flush();
    while (!exited) {
      if (!step(Long.MAX_VALUE)) {
        finishRun();
        if (!exited && gone.getAsBoolean()) {
          return false;
        }
        if (!exited) {
          sink.flush();
          await(run.pace().patience(LOOK));
        }
      }
      tellRead();
      beat();
    }
    sink.end(next);
    sink.flush();
    return true;
  }

  /** Tells the next entries; false if there are none yet. */
  private boolean step(long upTo) throws IOException {
    long end = run.over().isDone() ? Math.min(upTo, run.view().to()) : upTo;
    if (next >= end) {
      return false;
    }
    long before = next;
    OutputLog.Slice slice = log.read(next, BATCH);
    long first = Math.min(slice.first(), end);
    if (first > next) {
      sink.lost(next, first - next);
      told = true;
    }
    next = Math.min(slice.next(), end);
    for (Logged logged : slice.entries()) {
      if (logged.seq() < end && isAbout(logged.entry()) && !tell(logged)) {
        next = logged.seq();
        break;
      }
    }
    return next > before;
  }

  /** Tells an entry about the run; false if its run does not know yet whether that is its end. */
  private boolean tell(Logged logged) throws IOException {
    if (logged.seq() > run.heard()) {
      return false;
    }
    if (Told.isOutput(logged.entry())) {
      sink.told(logged);
      if (run.order().verb() == Verb.STREAM) {
        value = Math.max(value, Json.integer(Told.content(logged.entry()), "number", 0));
      }
      told = true;
      wroteAt = System.nanoTime();
    }
    return !run.over().isDone() || logged.seq() < run.view().to();
  }

  private boolean isAbout(OutputEntry entry) {
    // Parsing all that others said would take most of the time.
    return new String(entry.parentHeader(), StandardCharsets.ISO_8859_1).contains(run.id())
        && entry.parentMsgId().equals(run.id());
  }

  /** Tells the end, if everything before it was told. */
  private void finishRun() throws IOException {
    if (exited || !run.over().isDone()) {
      return;
    }
    RunView view = run.view();
    if (begin > view.to()) {
      exited = true; // it was told before
    } else if (next >= view.to()) {
      sink.exit(view);
      told = true;
      exited = true;
      next = view.to() + 1;
    }
  }

  /** Tells a stream that has a pace how much of it this reader has read. */
  private void tellRead() {
    // Behind a gap there may be values that nobody will read.
    boolean caughtUp = next >= log.next();
    run.pace().read(caughtUp ? run.values() : value);
  }

  private void await(Duration limit) throws InterruptedException {
    if (log.next() > next) {
      LockSupport.parkNanos(MOMENT_NS); // it is logged, and about to be heard
    } else {
      boolean _ = log.await(next, limit);
    }
  }

  /** Others may fill the log all the time: what was told goes out, and silence is told. */
  private void beat() throws IOException {
    if (System.nanoTime() - wroteAt > HEARTBEAT.toNanos()) {
      sink.idle();
      wroteAt = System.nanoTime();
    }
    sink.flush();
  }
}
