package dev.penstock.gateway.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A segment file as far as it is written. Immutable; any thread may read.
 *
 * @param first number of the first entry that it speaks for
 * @param next number after the last
 * @param end bytes that count
 * @param records entries that are there; fewer than it speaks for when it was compacted
 */
record Segment(Path file, long first, long next, long end, int records, SparseIndex.View index) {

  /** Name of a file that holds every entry, and of one that was compacted. */
  private static final String WHOLE = ".log";

  private static final String COMPACTED = ".compact";

  static Path whole(Path directory, long first) {
    return directory.resolve("%019d%s".formatted(first, WHOLE));
  }

  /** Where the compacted file of this whole one is. */
  static Path compacted(Path whole) {
    String name = whole.getFileName().toString();
    return whole.resolveSibling(name.substring(0, name.length() - WHOLE.length()) + COMPACTED);
  }

  static boolean isSegment(Path file) {
    String name = file.toString();
    return name.endsWith(WHOLE) || name.endsWith(COMPACTED);
  }

  static boolean isCompacted(Path file) {
    return file.toString().endsWith(COMPACTED);
  }

  boolean isCompacted() {
    return isCompacted(file);
  }

  /** All its records. */
  RecordInput open() throws IOException {
    return RecordInput.open(file, RecordFormat.FILE_HEADER, end);
  }

  /** Puts what the stretch looks for into it, as far as it is here and before {@code until}. */
  void copyTo(Stretch stretch, long until) throws IOException {
    try (RecordInput input = RecordInput.open(file, index.floor(stretch.next()), end)) {
      while (!stretch.full() && input.next() && input.seq() < until) {
        if (input.seq() < stretch.next()) {
          input.skip();
        } else {
          stretch.add(input.take());
        }
      }
    }
    if (!stretch.full()) {
      stretch.pass(Math.min(next, until));
    }
  }

  /**
   * Reads a file that another gateway wrote, and checks all of it. What comes after the first
   * damage does not count.
   *
   * @throws DamagedLogException if it is no segment file, or has no whole record and speaks for
   *     none
   */
  static Segment scan(Path file) throws IOException {
    long size = Files.size(file);
    ByteBuffer header = RecordFormat.checkedHeader(header(file));
    long first = header.getLong();
    long next = header.getLong();
    long seen = first;
    long end = RecordFormat.FILE_HEADER;
    int records = 0;
    SparseIndex index = new SparseIndex();
    try (RecordInput input = RecordInput.open(file, end, size)) {
      while (input.next() && input.seq() >= seen) {
        input.check();
        index.add(input.seq(), input.start());
        seen = input.seq() + 1;
        end = input.start() + input.size();
        records++;
      }
    } catch (DamagedLogException e) {
      // The crash that the log is there for, or worse: what came before holds.
      next = 0;
    }
    if (records == 0 && next == 0) {
      throw new DamagedLogException("no whole record");
    }
    return new Segment(file, first, Math.max(next, seen), end, records, index.view());
  }

  private static byte[] header(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] header = new byte[RecordFormat.FILE_HEADER];
      in.readNBytes(header, 0, header.length);
      return header;
    }
  }
}
