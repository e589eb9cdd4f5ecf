package dev.penstock.gateway.session;

import dev.penstock.gateway.session.SessionEvent.Command;
import dev.penstock.gateway.session.SessionEvent.FromWorker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The way into a session's owner thread. Commands are few and never wait; what the worker says is
 * bounded by bytes: a thread that brings more waits, and with it the worker (back-pressure), until
 * the owner has taken some.
 */
final class SessionInbox {
  private final ConcurrentLinkedQueue<Command> commands = new ConcurrentLinkedQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Deque<FromWorker> output = new ArrayDeque<>();
  private final long bound;
  private long held;
  private boolean closed;
  private volatile Runnable wakeup = () -> {};

  /** An inbox that holds at most {@code bound} bytes of output, or one event that is larger. */
  SessionInbox(long bound) {
    this.bound = bound;
  }

  /** Sets what wakes the owner. Called by the owner before it first waits. */
  void wakeWith(Runnable wakeup) {
    this.wakeup = wakeup;
  }

  void command(Command command) {
    commands.add(command);
    wakeup.run();
  }

  /**
   * Hands over what the worker said; waits while the owner holds too much. After {@link #close} it
   * is let go.
   */
  void output(FromWorker event) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && held > 0 && held + event.bytes() > bound) {
        room.await();
      }
      output.addLast(event);
      held += event.bytes();
    } finally {
      lock.unlock();
    }
    wakeup.run();
  }

  @Nullable Command nextCommand() {
    return commands.poll();
  }

  @Nullable FromWorker nextOutput() {
    lock.lock();
    try {
      FromWorker event = output.pollFirst();
      if (event != null) {
        held -= event.bytes();
        room.signalAll();
      }
      return event;
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return output.isEmpty() && commands.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** The owner has ended: nobody waits any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      output.clear();
      held = 0;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
