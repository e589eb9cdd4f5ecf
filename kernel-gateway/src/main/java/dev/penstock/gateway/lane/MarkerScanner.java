package dev.penstock.gateway.lane;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Splits the bytes of a lane into what the worker's processes wrote and the markers between
 * (docs/worker-link.md, "Order between the lanes"). Bytes in, text and markers out: no I/O, no
 * threads.
 */
final class MarkerScanner {
  /** Length of a marker: 4 bytes of magic, the session's 16-byte nonce, the number as u64. */
  static final int MARKER_BYTES = 28;

  private static final byte[] MAGIC = {0, 'P', 'S', 'K'};

  private final byte[] prefix;

  /** A possible start of a marker that the last bytes ended with. */
  private final byte[] held = new byte[MARKER_BYTES];

  private int heldBytes;

  /** What a scanner finds, in the order of the lane. */
  interface Sink {
    /** Bytes that are not part of a marker; valid during the call only. */
    void output(byte[] bytes, int offset, int length);

    /** A marker. */
    void marker(long number);
  }

  MarkerScanner(byte[] nonce) {
    if (nonce.length != 16) {
      throw new IllegalArgumentException("a lane's nonce has 16 bytes, not " + nonce.length);
    }
    prefix = Arrays.copyOf(MAGIC, MAGIC.length + nonce.length);
    System.arraycopy(nonce, 0, prefix, MAGIC.length, nonce.length);
  }

  /** The bytes of the marker with this number. */
  byte[] marker(long number) {
    return ByteBuffer.allocate(MARKER_BYTES).put(prefix).putLong(number).array();
  }

  /** Takes the next bytes of the lane. */
  void feed(byte[] bytes, int length, Sink sink) {
    byte[] data = bytes;
    int end = length;
    if (heldBytes > 0) {
      data = new byte[heldBytes + length];
      System.arraycopy(held, 0, data, 0, heldBytes);
      System.arraycopy(bytes, 0, data, heldBytes, length);
      end = data.length;
      heldBytes = 0;
    }
    int start = 0;
    int at = 0;
    while (at < end) {
      int matched = matchAt(data, at, end);
      if (matched == 0) {
        at++;
      } else if (at + matched < end || matched == MARKER_BYTES) {
        emit(data, start, at, sink);
        sink.marker(ByteBuffer.wrap(data, at + prefix.length, Long.BYTES).getLong());
        at += MARKER_BYTES;
        start = at;
      } else {
        emit(data, start, at, sink);
        System.arraycopy(data, at, held, 0, matched);
        heldBytes = matched;
        return;
      }
    }
    emit(data, start, end, sink);
  }

  /** Gives out what was held as a possible marker: the lane ended. */
  void finish(Sink sink) {
    int bytes = heldBytes;
    heldBytes = 0;
    emit(held, 0, bytes, sink);
  }

  /**
   * How many bytes from {@code at} agree with a marker: 0 for none, less than a whole marker only
   * at the end of the data.
   */
  private int matchAt(byte[] data, int at, int end) {
    int compare = Math.min(prefix.length, end - at);
    for (int i = 0; i < compare; i++) {
      if (data[at + i] != prefix[i]) {
        return 0;
      }
    }
    return Math.min(MARKER_BYTES, end - at);
  }

  private static void emit(byte[] data, int start, int end, Sink sink) {
    if (end > start) {
      sink.output(data, start, end - start);
    }
  }
}
