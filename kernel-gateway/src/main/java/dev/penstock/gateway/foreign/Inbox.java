package dev.penstock.gateway.foreign;

import dev.penstock.gateway.lane.Lane;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Commands on their way to a kernel's owner thread, in order. Text of the process is bounded: its
 * reader waits for room. All else is few.
 */
final class Inbox {
  /** Pieces of text, of 32 KiB at most, that may wait. */
  private static final int MAX_TEXTS = 32;

  private final Queue<Command> commands = new ArrayDeque<>();
  private final Semaphore room = new Semaphore(MAX_TEXTS);
  private final Runnable wakeup;
  private boolean closed;

  /** An inbox whose owner is woken by {@code wakeup}. */
  Inbox(Runnable wakeup) {
    this.wakeup = wakeup;
  }

  /** Hands a command over; false if the owner has ended. */
  boolean offer(Command command) {
    synchronized (this) {
      if (closed) {
        return false;
      }
      commands.add(command);
    }
    wakeup.run();
    return true;
  }

  /** Hands text over, when there is room for it. */
  void text(Lane lane, String text) throws InterruptedException {
    room.acquire();
    boolean _ = offer(new Command.Text(lane, text));
  }

  /** Owner: the next command, or null. */
  synchronized @Nullable Command poll() {
    Command next = commands.poll();
    if (next instanceof Command.Text) {
      room.release();
    }
    return next;
  }

  /** Owner: takes no more; what was taken can still be had from {@link #poll}. */
  synchronized void close() {
    closed = true;
    room.release(Integer.MAX_VALUE / 2);
  }
}
