package dev.penstock.gateway.websocket;

import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Message;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code v1.kernel.websocket.jupyter.org}: always binary, the four JSON parts as they are (WS-20 to
 * WS-23). Little-endian 64-bit numbers: how many offsets there are, then the offsets of channel
 * name, header, parent header, metadata, content and buffers, and the end.
 */
final class KernelWire implements Wire {
  static final String NAME = "v1.kernel.websocket.jupyter.org";

  /** Channel, four parts, end. */
  private static final int FEWEST = 6;

  @Override
  public String subprotocol() {
    return NAME;
  }

  @Override
  public Outgoing encode(OutputEntry entry) {
    byte[] channel = Envelope.name(entry.channel()).getBytes(StandardCharsets.US_ASCII);
    List<byte[]> parts = new ArrayList<>(5 + entry.buffers().size());
    parts.add(channel);
    parts.add(entry.header());
    parts.add(entry.parentHeader());
    parts.add(entry.metadata());
    parts.add(entry.content());
    parts.addAll(entry.buffers());
    int head = Long.BYTES * (parts.size() + 2);
    int size = head + parts.stream().mapToInt(part -> part.length).sum();
    ByteBuffer frame = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    frame.putLong(parts.size() + 1);
    long offset = head;
    for (byte[] part : parts) {
      frame.putLong(offset);
      offset += part.length;
    }
    frame.putLong(offset);
    parts.forEach(frame::put);
    return Outgoing.of(frame.flip());
  }

  @Override
  public @Nullable Envelope decode(ByteBuffer bytes) throws FrameException {
    ByteBuffer frame = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> parts = parts(frame);
    Channel channel = Envelope.channel(new String(parts.getFirst(), StandardCharsets.UTF_8));
    return channel == null
        ? null
        : new Envelope(
            channel,
            new Message(
                List.of(),
                parts.get(1),
                parts.get(2),
                parts.get(3),
                parts.get(4),
                parts.subList(5, parts.size())));
  }

  private static List<byte[]> parts(ByteBuffer frame) throws FrameException {
    if (frame.remaining() < Long.BYTES) {
      throw new FrameException("shorter than the number of its offsets");
    }
    long count = frame.getLong();
    if (count < FEWEST || count > MOST_PARTS || count > frame.remaining() / Long.BYTES) {
      throw new FrameException("has " + count + " offsets");
    }
    List<byte[]> parts = new ArrayList<>((int) count - 1);
    long start = frame.getLong();
    if (start != Long.BYTES * (count + 1)) {
      throw new FrameException("its first part does not follow the offsets");
    }
    for (int i = 1; i < count; i++) {
      long end = frame.getLong();
      if (end < start || end > frame.limit()) {
        throw new FrameException("an offset is out of order or beyond the end");
      }
      byte[] part = new byte[(int) (end - start)];
      frame.get((int) start, part);
      parts.add(part);
      start = end;
    }
    return parts;
  }

  @Override
  public Envelope decode(String frame) throws FrameException {
    throw new FrameException("a text frame, but " + NAME + " has binary ones only");
  }
}
