package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Client;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The part of a log that is in memory, between the session that says something, the writer that
 * takes it to the disk and the readers who wait for it. Thread-safe; the lock is never held during
 * I/O.
 */
final class LogMemory {
  /** How long an append waits for a disk that is behind. */
  private static final Duration PATIENCE = Duration.ofMillis(100);

  /** Bytes that are written before another log's turn, and without waiting for more. */
  private static final long BATCH = 1L << 20;

  private final Budgets budgets;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Tail tail;

  /** Whom evicted entries are for that a door still has to deliver. */
  private final TreeMap<Long, Client> addressees = new TreeMap<>();

  private long needed;
  private boolean queued;
  private boolean hurried;

  /** Whether the disk takes nothing now, so that nobody waits for it. */
  private boolean failing;

  private boolean closed;

  /**
   * Something in the log.
   *
   * @param writeIn when the writer is to come because of it; null if it comes anyway or never
   */
  record Added(long seq, @Nullable Duration writeIn) {}

  /**
   * What is known of an entry.
   *
   * @param logged the entry, if it is in memory
   * @param to whom it is for, if it is not
   * @param earlier whether it can be in a file
   */
  record Found(@Nullable Logged logged, @Nullable Client to, boolean earlier) {}

  LogMemory(long next, Budgets budgets) {
    this.tail = new Tail(next);
    this.budgets = budgets;
  }

  Added add(OutputEntry entry) {
    lock.lock();
    try {
      makeRoom(entry.bytes());
      Logged logged = Logged.of(tail.next(), Instant.now(), entry);
      tail.add(logged);
      more.signalAll();
      return new Added(logged.seq(), turn());
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Duration turn() {
    if (closed || failing) {
      return null;
    }
    if (!hurried && tail.unwrittenBytes() >= Math.min(BATCH, budgets.unwritten() / 2)) {
      hurried = true;
      return Duration.ZERO;
    }
    if (!queued) {
      queued = true;
      return LogStore.WRITE_AFTER;
    }
    return null;
  }

  private void makeRoom(long bytes) {
    long left = PATIENCE.toNanos();
    while (left > 0
        && !failing
        && !closed
        && tail.unwrittenBytes() > 0
        && tail.unwrittenBytes() + bytes > budgets.unwritten()) {
      try {
        left = room.awaitNanos(left);
      } catch (InterruptedException e) {
        // What was said is logged nevertheless; who interrupted is heard when that is done.
        Thread.currentThread().interrupt();
        break;
      }
    }
    giveUp(bytes);
  }

  /** Bounds what waits for a disk that does not take it. */
  private void giveUp(long coming) {
    if (failing || closed) {
      tail.giveUp(budgets.memory(), needed);
    } else if (tail.unwrittenBytes() > 0
        && tail.unwrittenBytes() + coming > 2 * budgets.unwritten()) {
      tail.giveUp(budgets.unwritten(), needed);
    }
  }

  boolean await(long seq, Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lockInterruptibly();
    try {
      while (tail.next() <= seq && left > 0) {
        left = more.awaitNanos(left);
      }
      return tail.next() > seq;
    } finally {
      lock.unlock();
    }
  }

  long next() {
    lock.lock();
    try {
      return tail.next();
    } finally {
      lock.unlock();
    }
  }

  /** The number from which on a door still has to deliver. */
  long needed() {
    lock.lock();
    try {
      return needed;
    } finally {
      lock.unlock();
    }
  }

  Found find(long seq) {
    lock.lock();
    try {
      return new Found(tail.get(seq), addressees.get(seq), seq < tail.first());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts what the stretch looks for into it if it is here.
   *
   * @return the number of the first entry that is here
   */
  long copyTo(Stretch stretch) {
    lock.lock();
    try {
      tail.copyTo(stretch);
      return tail.first();
    } finally {
      lock.unlock();
    }
  }

  void trim(long upTo) {
    lock.lock();
    try {
      needed = Math.max(needed, upTo);
      addressees.headMap(needed).clear();
      evict();
      giveUp(0);
    } finally {
      lock.unlock();
    }
  }

  private void evict() {
    tail.evict(
        budgets.memory(),
        logged -> {
          Client to = logged.entry().to();
          if (to != null && logged.seq() >= needed) {
            addressees.put(logged.seq(), to);
          }
        });
  }

  /** What the writer is to write now. */
  List<Logged> batch() {
    lock.lock();
    try {
      queued = false;
      hurried = false;
      List<Logged> batch = closed ? List.of() : tail.unwritten(BATCH);
      // Without anything to try, the next append tries.
      failing &= !batch.isEmpty();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** The disk has what comes before this number; returns when the writer is to come again. */
  @Nullable Duration written(long upTo) {
    lock.lock();
    try {
      failing = false;
      take(upTo);
      if (tail.unwrittenBytes() == 0 || closed) {
        return null;
      }
      queued = true;
      return tail.unwrittenBytes() >= BATCH ? Duration.ZERO : LogStore.WRITE_AFTER;
    } finally {
      lock.unlock();
    }
  }

  /** The disk has what comes before this number, and takes no more. */
  void failed(long upTo) {
    lock.lock();
    try {
      failing = true;
      take(upTo);
      giveUp(0);
    } finally {
      lock.unlock();
    }
  }

  private void take(long upTo) {
    tail.written(Math.min(upTo, tail.next()));
    evict();
    room.signalAll();
  }

  /** Bytes that wait for the disk. */
  long unwrittenBytes() {
    lock.lock();
    try {
      return tail.unwrittenBytes();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing is written any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
