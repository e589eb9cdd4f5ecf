package dev.penstock.gateway.websocket;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.StringNode;

/**
 * The protocol without a subprotocol (WS-10 to WS-13): JSON text, or with buffers a binary frame of
 * big-endian 32-bit numbers (how many parts, then their offsets), the JSON and the buffers. What
 * the kernel says is put together from the JSON that it made, not encoded again.
 */
final class DefaultWire implements Wire {
  @Override
  public @Nullable String subprotocol() {
    return null;
  }

  @Override
  public Outgoing encode(OutputEntry entry) {
    byte[] json = json(entry);
    if (entry.buffers().isEmpty()) {
      return Outgoing.of(new String(json, StandardCharsets.UTF_8));
    }
    List<byte[]> parts = new ArrayList<>(1 + entry.buffers().size());
    parts.add(json);
    parts.addAll(entry.buffers());
    int head = Integer.BYTES * (parts.size() + 1);
    int size = head + parts.stream().mapToInt(part -> part.length).sum();
    ByteBuffer frame = ByteBuffer.allocate(size);
    frame.putInt(parts.size());
    int offset = head;
    for (byte[] part : parts) {
      frame.putInt(offset);
      offset += part.length;
    }
    parts.forEach(frame::put);
    return Outgoing.of(frame.flip());
  }

  private static byte[] json(OutputEntry entry) {
    int size = 256 + entry.header().length + entry.parentHeader().length;
    ByteArrayOutputStream json =
        new ByteArrayOutputStream(size + entry.metadata().length + entry.content().length);
    text(json, "{\"channel\":\"" + Envelope.name(entry.channel()) + "\",\"header\":");
    json.writeBytes(entry.header());
    text(json, ",\"msg_id\":");
    json.writeBytes(Json.bytes(StringNode.valueOf(entry.msgId())));
    text(json, ",\"msg_type\":");
    json.writeBytes(Json.bytes(StringNode.valueOf(entry.msgType())));
    text(json, ",\"parent_header\":");
    json.writeBytes(entry.parentHeader());
    text(json, ",\"metadata\":");
    json.writeBytes(entry.metadata());
    text(json, ",\"content\":");
    json.writeBytes(entry.content());
    text(json, entry.buffers().isEmpty() ? ",\"buffers\":[]}" : "}");
    return json.toByteArray();
  }

  private static void text(ByteArrayOutputStream json, String text) {
    json.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public @Nullable Envelope decode(String frame) throws FrameException {
    return envelope(frame.getBytes(StandardCharsets.UTF_8), List.of());
  }

  @Override
  public @Nullable Envelope decode(ByteBuffer bytes) throws FrameException {
    ByteBuffer frame = bytes.slice();
    if (frame.remaining() < Integer.BYTES) {
      throw new FrameException("shorter than the number of its parts");
    }
    long count = Integer.toUnsignedLong(frame.getInt());
    if (count < 1 || count > MOST_PARTS || count > frame.remaining() / Integer.BYTES) {
      throw new FrameException("has " + count + " parts");
    }
    long[] offsets = new long[(int) count + 1];
    for (int i = 0; i < count; i++) {
      offsets[i] = Integer.toUnsignedLong(frame.getInt());
    }
    offsets[(int) count] = frame.limit();
    long least = frame.position();
    List<byte[]> parts = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      if (offsets[i] < least || offsets[i + 1] < offsets[i] || offsets[i + 1] > frame.limit()) {
        throw new FrameException("an offset is out of order or beyond the end");
      }
      byte[] part = new byte[(int) (offsets[i + 1] - offsets[i])];
      frame.get((int) offsets[i], part);
      parts.add(part);
    }
    return envelope(parts.getFirst(), parts.subList(1, parts.size()));
  }

  private static @Nullable Envelope envelope(byte[] json, List<byte[]> buffers)
      throws FrameException {
    JsonMessage message = JsonMessage.read(json);
    Channel channel = channel(message);
    return channel == null ? null : new Envelope(channel, message.with(buffers));
  }

  /** Clients of jupyter_server's gateway never name a channel: it follows from the type (WS-12). */
  private static @Nullable Channel channel(JsonMessage message) {
    String named = message.channel();
    if (named != null) {
      return Envelope.channel(named);
    }
    return switch (message.msgType()) {
      case "input_reply" -> Channel.STDIN;
      case "shutdown_request",
          "interrupt_request",
          "debug_request",
          "usage_request",
          "create_subshell_request",
          "delete_subshell_request",
          "list_subshell_request" ->
          Channel.CONTROL;
      default -> Channel.SHELL;
    };
  }
}
