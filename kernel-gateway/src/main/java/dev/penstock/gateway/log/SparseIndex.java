package dev.penstock.gateway.log;

import java.util.Arrays;

/**
 * Where some of a segment's records begin, at most one in {@link #STEP} bytes of file. The
 * segment's writer adds; what a {@link View} shows does not change.
 */
final class SparseIndex {
  private static final long STEP = 16 << 10;

  private long[] seqs = new long[8];
  private long[] offsets = new long[8];
  private int count;

  /** Notes a record unless one shortly before it is noted. */
  void add(long seq, long offset) {
    if (count > 0 && offset - offsets[count - 1] < STEP) {
      return;
    }
    if (count == seqs.length) {
      // Views keep the arrays they have.
      seqs = Arrays.copyOf(seqs, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    seqs[count] = seq;
    offsets[count] = offset;
    count++;
  }

  /** What is noted now. */
  View view() {
    return new View(seqs, offsets, count);
  }

  /** A state of the index; for any thread that it is handed to safely. */
  // Looked up, never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record View(long[] seqs, long[] offsets, int count) {
    /** Offset of a record at or before the one with this number. */
    long floor(long seq) {
      int found = Arrays.binarySearch(seqs, 0, count, seq);
      int at = found >= 0 ? found : -found - 2;
      return at < 0 ? RecordFormat.FILE_HEADER : offsets[at];
    }
  }
}
