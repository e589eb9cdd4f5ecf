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
  /** How long an append waits for a disk that is behind by its budget. */
  private static final Duration PATIENCE = Duration.ofMillis(100);

  /** How long an append then waits when the disk is behind by twice as much. */
  private static final Duration LAST_PATIENCE = Duration.ofSeconds(2);

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

  /** Whether the disk takes nothing now, so that nobody waits for it until it does. */
  private boolean failing;

  private boolean closed;

  /** {@link System#nanoTime} when the disk was first found behind by half of its budget. */
  private @Nullable Long behindSince;

  /**
   * Something in the log.
   *
   * @param writeIn when the writer is to come because of it; null if it comes anyway or never
   * @param stalled whether the disk was waited for in vain just now
   */
  record Added(long seq, @Nullable Duration writeIn, boolean stalled) {}

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

  /**
   * Whether the disk has kept up, so that an append does not wait for it. Says no for no longer
   * than an append would wait: then it is the appends that find out whether the disk comes on at
   * all.
   */
  boolean hasRoom() {
    lock.lock();
    try {
      if (failing || closed || tail.unwrittenBytes() < budgets.unwritten() / 2) {
        behindSince = null;
        return true;
      }
      if (behindSince == null) {
        behindSince = System.nanoTime();
      }
      return System.nanoTime() - behindSince > LAST_PATIENCE.toNanos();
    } finally {
      lock.unlock();
    }
  }

  Added add(OutputEntry entry) {
    lock.lock();
    try {
      boolean inTime = makeRoom(entry.bytes());
      Logged logged = Logged.of(tail.next(), Instant.now(), entry);
      tail.add(logged);
      more.signalAll();
      return new Added(logged.seq(), turn(), !inTime);
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

  /** Waits for a disk that is behind; false if it does not come on, so that nobody waits now. */
  private boolean makeRoom(long bytes) {
    boolean inTime =
        hasRoom(bytes, budgets.unwritten(), PATIENCE)
            || hasRoom(bytes, 2 * budgets.unwritten(), LAST_PATIENCE);
    failing |= !inTime;
    giveUp();
    return inTime;
  }

  private boolean hasRoom(long bytes, long bound, Duration limit) {
    long left = limit.toNanos();
    while (!failing
        && !closed
        && tail.unwrittenBytes() > 0
        && tail.unwrittenBytes() + bytes > bound) {
      if (left <= 0) {
        return false;
      }
      try {
        left = room.awaitNanos(left);
      } catch (InterruptedException e) {
        // What was said is logged nevertheless; who interrupted is heard when that is done.
        Thread.currentThread().interrupt();
        return true;
      }
    }
    return true;
  }

  /** Bounds what waits for a disk that does not take it. */
  private void giveUp() {
    if (failing || closed) {
      tail.giveUp(budgets.memory(), needed);
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
      giveUp();
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
      giveUp();
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
