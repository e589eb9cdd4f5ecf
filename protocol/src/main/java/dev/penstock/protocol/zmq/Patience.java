package dev.penstock.protocol.zmq;

import java.time.Duration;
import java.util.List;

/**
 * How long publishing waits for a full subscriber before it counts as stalled. Without encryption
 * that is a fixed time. With it, what fills the queue may be the encryption itself, which all
 * encrypted sessions share, so that the messages that can be in the queue are given their time,
 * too.
 *
 * <p>JeroMQ tells only of every half queue that was read. For the owner thread of the sockets.
 */
final class Patience {

  /** A twelfth of what was measured on an idle machine with two cores. */
  private static final long ENCRYPTED_BYTES_PER_SECOND = 2 << 20;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final long fixedNanos;

  /** Sizes of the last messages, a ring; empty without encryption. */
  private final long[] sizes;

  private int next;
  private long bytes;

  private Patience(Duration fixed, int messages) {
    fixedNanos = fixed.toNanos();
    sizes = new long[messages];
  }

  /** For sockets without encryption. */
  static Patience fixed(Duration time) {
    return new Patience(time, 0);
  }

  /** For encrypted sockets with queues of so many messages. */
  static Patience encrypted(Duration time, int queue) {
    return new Patience(time, queue);
  }

  /** Notes a message that was sent. */
  void sent(List<byte[]> frames) {
    if (sizes.length == 0) {
      return;
    }
    long size = 0;
    for (byte[] frame : frames) {
      size += frame.length;
    }
    bytes += size - sizes[next];
    sizes[next] = size;
    next = (next + 1) % sizes.length;
  }

  long nanos() {
    return fixedNanos + bytes * NANOS_PER_SECOND / ENCRYPTED_BYTES_PER_SECOND;
  }
}
