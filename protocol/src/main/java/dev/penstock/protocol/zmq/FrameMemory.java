package dev.penstock.protocol.zmq;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zmq.Msg;

/**
 * Gives JeroMQ the memory for received frames; its I/O thread calls it with the size that a peer
 * announced, which is all that the peer has sent so far and may be a lie.
 *
 * <p>A frame that may not or cannot be had becomes an empty frame: an exception here would stop the
 * I/O thread and with it every socket. The parser then refuses the message, or its signature does.
 *
 * <p>Large frames may fill the heap up to three quarters. Without that bound a few peers that
 * announce allowed sizes and send nothing take the last byte, and any small allocation of the I/O
 * thread fails.
 */
final class FrameMemory {

  private static final Logger LOG = LoggerFactory.getLogger(FrameMemory.class);

  /** Smaller frames are not counted: they are what ordinary traffic is made of. */
  private static final int LARGE = 1 << 20;

  private static final int RESERVED_PART = 4;
  private static final long GC_PAUSE_NANOS = 1_000_000_000;
  private static final AtomicLong NEXT_GC = new AtomicLong(System.nanoTime());

  private FrameMemory() {}

  /**
   * Room for a frame, or an empty frame.
   *
   * @param size as JeroMQ passes it on: the lower half of the 64-bit size on the wire, of which a
   *     "negative" one escapes JeroMQ's own check against the limit
   * @param max largest size allowed
   */
  static Msg allocate(int size, long max) {
    return allocate(size, max, 1);
  }

  /**
   * As above, for a frame that will be copied.
   *
   * @param copies how many times its size will be in use at once
   */
  static Msg allocate(int size, long max, int copies) {
    if (size < 0 || size > max) {
      return new Msg(0);
    }
    if (!hasRoom(size, copies)) {
      LOG.warn("a peer announced {} bytes, for which there is no memory", size);
      return new Msg(0);
    }
    try {
      return new Msg(size);
    } catch (OutOfMemoryError e) {
      // Someone else was faster, or the heap is in pieces: only this frame did not fit.
      LOG.warn("a peer announced {} bytes, for which there is no memory", size);
      return new Msg(0);
    }
  }

  /** Whether a frame can be had so many times at once; true for all small ones. */
  static boolean hasRoom(int size, int copies) {
    long bytes = (long) size * copies;
    return size < LARGE || fits(bytes) || (collectGarbage() && fits(bytes));
  }

  private static boolean fits(long size) {
    Runtime runtime = Runtime.getRuntime();
    long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    return free - size > runtime.maxMemory() / RESERVED_PART;
  }

  /** What looks used may be garbage. At most once a second, or peers could make it a habit. */
  private static boolean collectGarbage() {
    long next = NEXT_GC.get();
    long now = System.nanoTime();
    if (now - next < 0 || !NEXT_GC.compareAndSet(next, now + GC_PAUSE_NANOS)) {
      return false;
    }
    System.gc();
    return true;
  }
}
