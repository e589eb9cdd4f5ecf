package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Logged;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * Writes one segment file, mode 0600. What was appended is there for readers after the next {@link
 * #flush}. Belongs to the thread that writes logs, as the buffer does, which segments share: large
 * entries pass through it in pieces and are never copied as a whole.
 */
final class SegmentWriter implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;
  private final FileChannel channel;
  private final ByteBuffer buffer;
  private final SparseIndex index = new SparseIndex();
  private final long first;
  private long next;
  private long size;
  private int records;

  private SegmentWriter(Path path, FileChannel channel, long first, ByteBuffer buffer) {
    this.path = path;
    this.channel = channel;
    this.buffer = buffer;
    this.first = first;
    this.next = first;
  }

  /**
   * Begins a file.
   *
   * @param next number after the last that it will speak for; 0 if its records are to tell
   * @throws IOException if it exists or cannot be made
   */
  static SegmentWriter create(Path path, long first, long next, ByteBuffer buffer)
      throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE);
    SegmentWriter writer = new SegmentWriter(path, channel, first, buffer.clear());
    try {
      writer.put(RecordFormat.fileHeader(first, next));
      writer.flush();
    } catch (IOException e) {
      // A disk without room: nothing may stay that looks like a segment.
      writer.abandon();
      throw e;
    }
    return writer;
  }

  void append(Logged logged) throws IOException {
    List<byte[]> parts = RecordFormat.parts(logged);
    index.add(logged.seq(), size);
    put(RecordFormat.head(logged, parts));
    for (byte[] part : parts) {
      put(part);
    }
    next = logged.seq() + 1;
    records++;
  }

  /** Hands everything to the system, which keeps it when this process is killed. */
  void flush() throws IOException {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } finally {
      buffer.clear();
    }
  }

  /** The file as it is after a flush. */
  Segment segment() {
    return new Segment(path, first, next, size, records, index.view());
  }

  /** The file as it is after a flush, under another name, and speaking for more than it holds. */
  Segment segment(Path name, long upTo) {
    return new Segment(name, first, upTo, size, records, index.view());
  }

  /** Number of the first entry. */
  long first() {
    return first;
  }

  /** The number that the next entry must have. */
  long next() {
    return next;
  }

  /** Bytes of the file. */
  long size() {
    return size;
  }

  /** Ends the file where it was good, as well as the disk allows. */
  void cutTo(Segment good) throws IOException {
    try (channel) {
      buffer.clear();
      channel.truncate(good.end());
    }
  }

  /** Gives the file up. */
  void abandon() throws IOException {
    buffer.clear();
    channel.close();
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void put(byte[] bytes) throws IOException {
    int done = 0;
    while (done < bytes.length) {
      int some = Math.min(bytes.length - done, buffer.remaining());
      buffer.put(bytes, done, some);
      done += some;
      if (!buffer.hasRemaining()) {
        flush();
      }
    }
    size += bytes.length;
  }
}
