package dev.penstock.gateway.lane;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What was written to a worker's file descriptors 1 and 2, byte by byte, for the one process that
 * copies it to the terminal where it was started (OUT-04). It is kept here for no longer than that
 * process needs to take it.
 *
 * <p>Thread-safe. {@link #BUDGET} bytes may wait for the reader. When they do, the lanes wait as
 * well, but no longer than {@link #PATIENCE}: then its terminal counts as stopped, until it takes
 * something. Meanwhile the latest bytes are kept, nobody waits, and the reader is told how many it
 * missed.
 */
public final class Echo {
  /** Bytes that wait for the reader, with what it costs to hold them. */
  static final int BUDGET = 1 << 20;

  /** Most bytes of a piece. */
  static final int PIECE = 64 << 10;

  /** How long a reader that is only slow may hold up the lanes before it loses something. */
  private static final Duration PATIENCE = Duration.ofMillis(250);

  /** What a piece costs beside its bytes: the other lane may take over after each of them. */
  static final int PIECE_COST = 128;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final Duration patience;
  private long held;
  private long lost;
  private boolean taken;
  private boolean stalled;
  private boolean over;

  /**
   * Bytes of one descriptor, in the order in which they were read.
   *
   * @param lost bytes of both descriptors that are missing before these
   */
  // Bytes that pass through; never compared.
  @SuppressWarnings("ArrayRecordComponent")
  public record Piece(Lane lane, byte[] bytes, long lost) {}

  public Echo() {
    this(PATIENCE);
  }

  /** An echo whose lanes wait this long for a reader. */
  Echo(Duration patience) {
    this.patience = patience;
  }

  private record Waiting(Lane lane, ByteArrayOutputStream bytes) {
    long cost() {
      return PIECE_COST + (long) bytes.size();
    }
  }

  /** Lane reader: takes a copy; after {@link #close} it does nothing. */
  public void add(Lane lane, byte[] bytes, int offset, int length) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      awaitRoom(length);
      if (over || length == 0) {
        return;
      }
      append(lane, bytes, offset, length);
      while (held > BUDGET) {
        Waiting oldest = waiting.removeFirst();
        held -= oldest.cost();
        lost += oldest.bytes().size();
      }
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Makes the caller the one reader; false if there is one already. */
  public boolean take() {
    lock.lock();
    try {
      boolean free = !taken;
      taken = true;
      return free;
    } finally {
      lock.unlock();
    }
  }

  /** Reader: waits for the next piece; null when nothing will come any more. */
  public @Nullable Piece next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && !over) {
        news.await();
      }
      Waiting first = waiting.pollFirst();
      if (first == null) {
        return null;
      }
      held -= first.cost();
      stalled = false;
      room.signalAll();
      Piece piece = new Piece(first.lane(), first.bytes().toByteArray(), lost);
      lost = 0;
      return piece;
    } finally {
      lock.unlock();
    }
  }

  /** The worker has ended: what waits can still be read. */
  public void close() {
    lock.lock();
    try {
      over = true;
      news.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The reader has gone: nothing is kept from now on. */
  public void discard() {
    lock.lock();
    try {
      over = true;
      waiting.clear();
      held = 0;
      news.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitRoom(int length) throws InterruptedException {
    long left = patience.toNanos();
    while (taken && !over && !stalled && held + PIECE_COST + length > BUDGET) {
      if (left <= 0) {
        stalled = true;
      } else {
        left = room.awaitNanos(left);
      }
    }
  }

  private void append(Lane lane, byte[] bytes, int offset, int length) {
    Waiting last = waiting.peekLast();
    if (last == null || last.lane() != lane || last.bytes().size() + length > PIECE) {
      last = new Waiting(lane, new ByteArrayOutputStream(length));
      waiting.addLast(last);
      held += last.cost();
    }
    last.bytes().write(bytes, offset, length);
    held += length;
  }
}
