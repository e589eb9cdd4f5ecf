package dev.penstock.gateway.session;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The output log in memory, bounded by the bytes of its entries. Thread-safe. */
public final class MemoryOutputLog implements OutputLog {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final long bound;

  /** A ring: the entry with number n, while kept, is at n modulo the length. */
  private @Nullable Kept[] ring = new @Nullable Kept[16];

  private long first;
  private long next;
  private long bytesEver;

  /**
   * An entry and where it begins in the count of all bytes ever appended.
   *
   * @param begin bytes of all entries before this one
   */
  private record Kept(Logged logged, long begin) {}

  /** A log that keeps at most {@code bound} bytes of what readers have passed. */
  public MemoryOutputLog(long bound) {
    this.bound = bound;
  }

  @Override
  public long append(OutputEntry entry) {
    lock.lock();
    try {
      if (next - first == ring.length) {
        grow();
      }
      ring[slot(next)] = new Kept(Logged.of(next, Instant.now(), entry), bytesEver);
      bytesEver += entry.bytes();
      more.signalAll();
      return next++;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long next() {
    lock.lock();
    try {
      return next;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean await(long seq, Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lockInterruptibly();
    try {
      while (next <= seq && left > 0) {
        left = more.awaitNanos(left);
      }
      return next > seq;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable OutputEntry get(long seq) {
    lock.lock();
    try {
      Kept kept = kept(seq);
      return kept == null ? null : kept.logged().entry();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Slice read(long from, int limit) {
    List<Logged> found = new ArrayList<>();
    lock.lock();
    try {
      long start = Math.max(from, first);
      for (long seq = start; seq < next && found.size() < limit; seq++) {
        Kept kept = kept(seq);
        if (kept != null) {
          found.add(kept.logged());
        }
      }
      return new Slice(start, found, start + found.size());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void trim(long needed) {
    lock.lock();
    try {
      while (first < Math.min(needed, next) && keptBytes() > bound) {
        ring[slot(first)] = null;
        first++;
      }
    } finally {
      lock.unlock();
    }
  }

  private long keptBytes() {
    Kept oldest = kept(first);
    return oldest == null ? 0 : bytesEver - oldest.begin();
  }

  private @Nullable Kept kept(long seq) {
    return seq >= first && seq < next ? ring[slot(seq)] : null;
  }

  private int slot(long seq) {
    return (int) (seq & (ring.length - 1));
  }

  private void grow() {
    @Nullable Kept[] old = ring;
    ring = new @Nullable Kept[old.length * 2];
    for (long seq = first; seq < next; seq++) {
      ring[slot(seq)] = old[(int) (seq & (old.length - 1))];
    }
  }
}
