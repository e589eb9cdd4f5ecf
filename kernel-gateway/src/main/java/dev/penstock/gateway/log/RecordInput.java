package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Logged;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads the records of one segment file in order: {@link #next}, then one of {@link #take}, {@link
 * #check} and {@link #skip}. Not a channel: an interrupt of a reader must not close its file. One
 * thread at a time.
 */
final class RecordInput implements AutoCloseable {
  private final RandomAccessFile file;
  private final long end;
  private final CRC32C sum = new CRC32C();

  /** What was read of the file and not used yet. */
  private final byte[] window = new byte[16 << 10];

  private int used;
  private int filled;

  /** Place in the file of what is used next. */
  private long position;

  private final byte[] prefix = new byte[RecordFormat.PREFIX + Long.BYTES];
  private long start;
  private long length;
  private long seq;

  private RecordInput(RandomAccessFile file, long start, long end) throws IOException {
    this.file = file;
    this.position = start;
    this.end = end;
    file.seek(start);
  }

  /** Reads records from {@code start}, where one begins, up to {@code end}. */
  static RecordInput open(Path path, long start, long end) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
    try {
      return new RecordInput(file, start, end);
    } catch (IOException e) {
      // The file goes with the constructor that failed.
      file.close();
      throw e;
    }
  }

  /**
   * Goes to the next record; false at the end.
   *
   * @throws DamagedLogException if what is there cannot be a record
   */
  boolean next() throws IOException {
    start = position;
    if (position == end) {
      return false;
    }
    require(prefix.length);
    read(prefix);
    ByteBuffer fields = ByteBuffer.wrap(prefix, Integer.BYTES, 2 * Long.BYTES);
    length = fields.getLong();
    seq = fields.getLong();
    if (length < RecordFormat.FIXED || length - Long.BYTES > end - position) {
      throw new DamagedLogException("a record of " + length + " bytes does not end in its file");
    }
    return true;
  }

  /** Number of this record. */
  long seq() {
    return seq;
  }

  /** Where this record begins in the file. */
  long start() {
    return start;
  }

  /** Bytes of this record in the file. */
  long size() {
    return RecordFormat.PREFIX + length;
  }

  /** Leaves this record out. */
  void skip() throws IOException {
    long to = start + size();
    long ahead = to - position;
    if (ahead <= filled - used) {
      used += (int) ahead;
    } else {
      used = filled = 0;
      file.seek(to);
    }
    position = to;
  }

  /** Reads this record to its end without keeping it, and throws if its checksum is wrong. */
  void check() throws IOException {
    begin();
    long left = start + size() - position;
    while (left > 0) {
      fill();
      int some = (int) Math.min(left, filled - used);
      sum.update(window, used, some);
      used += some;
      position += some;
      left -= some;
    }
    verify();
  }

  /** This record's entry; throws if its checksum is wrong. */
  Logged take() throws IOException {
    begin();
    byte[] fixed = summed(RecordFormat.FIXED - Long.BYTES);
    ByteBuffer fields = ByteBuffer.wrap(fixed);
    long at = fields.getLong();
    byte channel = fields.get();
    int count = fields.getInt();
    long left = length - RecordFormat.FIXED - (long) Integer.BYTES * count;
    if (count < RecordFormat.PARTS || left < 0) {
      throw new DamagedLogException("a record of " + count + " parts");
    }
    ByteBuffer sizes = ByteBuffer.wrap(summed(Integer.BYTES * count));
    for (int i = 0; i < count; i++) {
      int size = sizes.getInt(i * Integer.BYTES);
      left -= size < 0 ? Long.MAX_VALUE : size;
      if (left < 0) {
        throw new DamagedLogException("parts longer than their record");
      }
    }
    if (left != 0) {
      throw new DamagedLogException("parts shorter than their record");
    }
    List<byte[]> parts = new ArrayList<>(count);
    while (sizes.hasRemaining()) {
      parts.add(summed(sizes.getInt()));
    }
    verify();
    return RecordFormat.entry(seq, at, channel, parts);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void begin() {
    sum.reset();
    sum.update(prefix, Integer.BYTES, prefix.length - Integer.BYTES);
  }

  private void verify() throws DamagedLogException {
    if (ByteBuffer.wrap(prefix).getInt() != (int) sum.getValue()) {
      throw new DamagedLogException("wrong checksum of record " + seq);
    }
  }

  private byte[] summed(int size) throws IOException {
    byte[] bytes = new byte[size];
    read(bytes);
    sum.update(bytes, 0, size);
    return bytes;
  }

  private void require(int size) throws DamagedLogException {
    if (end - position < size) {
      throw new DamagedLogException("a record ends in the middle");
    }
  }

  private void read(byte[] to) throws IOException {
    int done = Math.min(to.length, filled - used);
    System.arraycopy(window, used, to, 0, done);
    used += done;
    position += done;
    if (to.length - done >= window.length) {
      file.readFully(to, done, to.length - done);
      position += to.length - done;
      done = to.length;
    }
    while (done < to.length) {
      fill();
      int some = Math.min(to.length - done, filled - used);
      System.arraycopy(window, used, to, done, some);
      used += some;
      position += some;
      done += some;
    }
  }

  private void fill() throws IOException {
    if (used == filled) {
      used = filled = 0;
      int got = file.read(window, 0, (int) Math.min(window.length, end - position));
      if (got <= 0) {
        throw new EOFException("a segment file is shorter than it was");
      }
      filled = got;
    }
  }
}
