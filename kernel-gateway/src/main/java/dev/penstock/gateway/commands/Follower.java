package dev.penstock.gateway.commands;

import dev.penstock.gateway.logview.OutputSink;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputLog;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Tells one viewer what a command says, on the viewer's own thread: one that does not read holds up
 * nobody else, and finds a gap where it stayed behind for too long.
 */
final class Follower {
  private static final int BATCH = 256;

  /** How long a quiet command is waited for before it is looked whether the viewer is there. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Proxies end connections that are silent for longer, often after 30 s or a minute. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(14);

  private final Command command;
  private final OutputSink sink;
  private final BooleanSupplier gone;
  private long next;
  private boolean exited;
  private long wroteAt = System.nanoTime();

  /**
   * A viewer.
   *
   * @param from number of the first piece
   * @param gone whether the viewer has left
   */
  Follower(Command command, long from, OutputSink sink, BooleanSupplier gone) {
    this.command = command;
    this.next = from;
    this.sink = sink;
    this.gone = gone;
  }

  /** Tells what there is, once there is something or so much time has passed. */
  void read(Duration wait) throws IOException, InterruptedException {
    command.viewers().joined();
    try {
      long end = System.nanoTime() + wait.toNanos();
      long left = wait.toNanos();
      // In steps: a viewer that left shall not count for long.
      while (left > 0 && !command.isOver() && !gone.getAsBoolean()) {
        long step = Math.min(left, LOOK.toNanos());
        if (command.log().await(next, Duration.ofNanos(step))) {
          break;
        }
        left = end - System.nanoTime();
      }
      sink.begin();
      long upTo = command.log().next();
      while (next < upTo && step()) {}
      finish();
    } finally {
      command.viewers().left();
    }
  }

  /** Tells all it says until its exit, or until the viewer leaves. */
  void follow() throws IOException, InterruptedException {
    command.viewers().joined();
    try {
      sink.begin();
      while (!exited) {
        // Looked at first: all that it said before is read after that.
        boolean over = command.isOver();
        if (!step()) {
          if (over || gone.getAsBoolean()) {
            break;
          }
          await();
        }
      }
      finish();
    } finally {
      command.viewers().left();
    }
  }

  private void finish() throws IOException {
    sink.end(next);
    sink.flush();
  }

  /** Tells the next pieces; false if there are none yet. */
  private boolean step() throws IOException {
    long before = next;
    OutputLog.Slice slice = command.log().read(next, BATCH);
    if (slice.first() > next) {
      sink.lost(next, slice.first() - next);
    }
    for (Logged logged : slice.entries()) {
      sink.told(logged);
      exited |= Told.isExit(logged);
    }
    next = slice.next();
    if (next > before) {
      wroteAt = System.nanoTime();
    }
    return next > before;
  }

  private void await() throws IOException, InterruptedException {
    sink.flush();
    boolean more = command.log().await(next, LOOK);
    if (!more && System.nanoTime() - wroteAt > HEARTBEAT.toNanos()) {
      sink.idle();
      wroteAt = System.nanoTime();
    }
  }
}
