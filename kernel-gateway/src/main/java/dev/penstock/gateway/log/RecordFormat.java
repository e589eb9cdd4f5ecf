package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The bytes of files and records (docs/output-log.md, "Segment files"). All integers big-endian.
 */
final class RecordFormat {
  /** First bytes of a segment file, with the format's version: {@code PENSLOG1}. */
  static final long MAGIC = 0x50454e534c4f4731L;

  /** Magic, first number, next number, checksum of these. */
  static final int FILE_HEADER = 28;

  private static final int SUMMED = 24;

  /** Checksum, and length of what comes after the length. */
  static final int PREFIX = 12;

  /** Number, time, channel, count of parts. */
  static final int FIXED = 21;

  /** Message type, topic, session, the four JSON parts; buffers follow. */
  static final int PARTS = 7;

  private RecordFormat() {}

  static byte[] fileHeader(long first, long next) {
    ByteBuffer header = ByteBuffer.allocate(FILE_HEADER);
    header.putLong(MAGIC).putLong(first).putLong(next);
    return header.putInt(headerSum(header.array())).array();
  }

  /** The header's fields after the magic. */
  static ByteBuffer checkedHeader(byte[] bytes) throws DamagedLogException {
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (header.getLong() != MAGIC || header.getInt(SUMMED) != headerSum(bytes)) {
      throw new DamagedLogException("no segment of an output log");
    }
    return header;
  }

  private static int headerSum(byte[] header) {
    CRC32C sum = new CRC32C();
    sum.update(header, 0, SUMMED);
    return (int) sum.getValue();
  }

  static List<byte[]> parts(Logged logged) {
    OutputEntry entry = logged.entry();
    List<byte[]> parts = new ArrayList<>(PARTS + entry.buffers().size());
    parts.add(entry.msgType().getBytes(StandardCharsets.UTF_8));
    parts.add(entry.topic());
    parts.add(logged.session().getBytes(StandardCharsets.UTF_8));
    parts.add(entry.header());
    parts.add(entry.parentHeader());
    parts.add(entry.metadata());
    parts.add(entry.content());
    parts.addAll(entry.buffers());
    return parts;
  }

  /** What comes before the parts' bytes. */
  static byte[] head(Logged logged, List<byte[]> parts) {
    ByteBuffer head = ByteBuffer.allocate(PREFIX + FIXED + Integer.BYTES * parts.size());
    long bytes = (long) head.capacity() - PREFIX;
    for (byte[] part : parts) {
      bytes += part.length;
    }
    head.putInt(0).putLong(bytes).putLong(logged.seq()).putLong(logged.at().toEpochMilli());
    head.put(code(logged.entry().channel())).putInt(parts.size());
    for (byte[] part : parts) {
      head.putInt(part.length);
    }
    CRC32C sum = new CRC32C();
    sum.update(head.array(), Integer.BYTES, head.capacity() - Integer.BYTES);
    for (byte[] part : parts) {
      sum.update(part, 0, part.length);
    }
    return head.putInt(0, (int) sum.getValue()).array();
  }

  /** The entry of these parts; whom it was for is not in a file. */
  static Logged entry(long seq, long at, byte channel, List<byte[]> parts)
      throws DamagedLogException {
    OutputEntry entry =
        new OutputEntry(
            channel(channel),
            new String(parts.get(0), StandardCharsets.UTF_8),
            parts.get(1),
            null,
            parts.get(3),
            parts.get(4),
            parts.get(5),
            parts.get(6),
            List.copyOf(parts.subList(PARTS, parts.size())));
    String session = new String(parts.get(2), StandardCharsets.UTF_8);
    return new Logged(seq, Instant.ofEpochMilli(at), session, entry);
  }

  private static byte code(Channel channel) {
    return switch (channel) {
      case SHELL -> 1;
      case CONTROL -> 2;
      case STDIN -> 3;
      case IOPUB -> 4;
      case HEARTBEAT -> 5;
    };
  }

  private static Channel channel(byte code) throws DamagedLogException {
    return switch (code) {
      case 1 -> Channel.SHELL;
      case 2 -> Channel.CONTROL;
      case 3 -> Channel.STDIN;
      case 4 -> Channel.IOPUB;
      case 5 -> Channel.HEARTBEAT;
      default -> throw new DamagedLogException("unknown channel " + code);
    };
  }
}
