package dev.penstock.gateway.commands;

import dev.penstock.gateway.lane.Lane;
import dev.penstock.gateway.lane.Lanes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a command writes, on its way from the threads that read it to the one that logs it. The
 * first bytes after a pause go on at once; what follows quickly becomes one piece, of at most 64 kB
 * and 0.25 ms: a line is often written in several parts. The longer a command goes on so, the
 * longer its pieces, up to 16 ms. A command that writes faster than is logged waits. Thread-safe.
 */
final class OutputBatches implements Lanes.Sink {
  private static final int MOST = 64 << 10;
  private static final long SHORTEST = TimeUnit.MICROSECONDS.toNanos(250);
  private static final long LATEST = TimeUnit.MILLISECONDS.toNanos(16);
  private static final byte[] NOTHING = {};

  private final BiConsumer<Lane, byte[]> logged;
  private final boolean cutsAnywhere;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition something = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  /** The beginnings of characters whose rest has not come; the logging thread's. */
  private final Map<Lane, byte[]> begun = new EnumMap<>(Lane.class);

  private @Nullable Lane lane;

  /** Nanoseconds from one piece to the next; the logging thread's. */
  private long apart = SHORTEST;

  private boolean hurried;
  private boolean ended;
  private long lastAt = System.nanoTime();

  /** A piece of one stream. */
  // Bytes that pass through; pieces are never compared.
  @SuppressWarnings("ArrayRecordComponent")
  private record Piece(Lane lane, byte[] bytes) {}

  /**
   * No output yet.
   *
   * @param logged takes each piece, in {@link #run}'s thread; may wait
   * @param cutsAnywhere whether a piece may end within a character
   */
  OutputBatches(BiConsumer<Lane, byte[]> logged, boolean cutsAnywhere) {
    this.logged = logged;
    this.cutsAnywhere = cutsAnywhere;
  }

  @Override
  public void written(Lane from, byte[] bytes, int offset, int length) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (pending.size() > 0 && (lane != from || pending.size() + length > MOST)) {
        hurried = true;
        something.signal();
        room.await();
      }
      lane = from;
      pending.write(bytes, offset, length);
      lastAt = System.nanoTime();
      if (pending.size() == length) {
        something.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The bytes were taken before; each viewer has its own way to read them. */
  @Override
  public void text(Lane from, String text) {}

  /** When it last wrote something, by {@link System#nanoTime}; its start, if it never did. */
  long lastAt() {
    lock.lock();
    try {
      return lastAt;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more is written. */
  void end() {
    lock.lock();
    try {
      ended = true;
      something.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Hands on all pieces until the end. */
  void run() throws InterruptedException {
    long before = System.nanoTime() - LATEST;
    for (Piece piece = take(before); piece != null; piece = take(before)) {
      handOn(piece.lane, joined(piece));
      before = System.nanoTime();
    }
    begun.forEach(this::handOn);
  }

  private void handOn(Lane from, byte[] bytes) {
    if (bytes.length > 0) {
      logged.accept(from, bytes);
    }
  }

  private byte[] joined(Piece piece) {
    byte[] begin = begun.getOrDefault(piece.lane, NOTHING);
    byte[] whole = Arrays.copyOf(begin, begin.length + piece.bytes.length);
    System.arraycopy(piece.bytes, 0, whole, begin.length, piece.bytes.length);
    int end = cutsAnywhere ? whole.length : Utf8End.whole(whole, whole.length);
    begun.put(piece.lane, Arrays.copyOfRange(whole, end, whole.length));
    return Arrays.copyOf(whole, end);
  }

  /** Waits for the next piece; null at the end. */
  private @Nullable Piece take(long before) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (pending.size() == 0 && !ended) {
        something.await();
      }
      long left = before + apart - System.nanoTime();
      apart = left > 0 ? Math.min(2 * apart, LATEST) : SHORTEST;
      while (!hurried && !ended && left > 0) {
        left = something.awaitNanos(left);
      }
      Lane from = lane;
      if (from == null || pending.size() == 0) {
        return null;
      }
      Piece piece = new Piece(from, pending.toByteArray());
      pending.reset();
      hurried = false;
      room.signalAll();
      return piece;
    } finally {
      lock.unlock();
    }
  }
}
