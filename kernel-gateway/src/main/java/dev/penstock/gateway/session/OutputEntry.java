package dev.penstock.gateway.session;

import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.WireException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message from a kernel to its clients, as the output log keeps it and every door sends it. The
 * four JSON parts are the bytes that the worker (or the gateway) made; doors add only what their
 * wire needs.
 *
 * @param channel where a client sees it: IOPUB for all clients, SHELL, CONTROL or STDIN for the one
 *     in {@code to}
 * @param topic identity frame on iopub (spec: "The wire protocol"), empty on other channels
 * @param to whose request this answers; null on iopub
 */
// Bytes that pass through; entries are never compared.
@SuppressWarnings("ArrayRecordComponent")
public record OutputEntry(
    Channel channel,
    String msgType,
    byte[] topic,
    @Nullable Client to,
    byte[] header,
    byte[] parentHeader,
    byte[] metadata,
    byte[] content,
    List<byte[]> buffers) {

  /** The same entry for this client. */
  public OutputEntry sentTo(Client client) {
    return new OutputEntry(
        channel, msgType, topic, client, header, parentHeader, metadata, content, buffers);
  }

  /** The same entry with this content. */
  public OutputEntry withContent(byte[] other) {
    return new OutputEntry(
        channel, msgType, topic, to, header, parentHeader, metadata, other, buffers);
  }

  /** {@code msg_id} of its header; empty if nobody can read it: then it has none, either. */
  public String msgId() {
    return msgId(header);
  }

  /** {@code msg_id} of the request that it answers; empty if it is nobody's, or cannot be read. */
  public String parentMsgId() {
    return msgId(parentHeader);
  }

  private static String msgId(byte[] json) {
    try {
      return Header.parse(json).msgId();
    } catch (WireException e) {
      // Made by a kernel that is none of ours.
      return "";
    }
  }

  private static final byte[] STARTING =
      "{\"execution_state\":\"starting\"}".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] RESTARTING =
      "{\"execution_state\":\"restarting\"}".getBytes(StandardCharsets.US_ASCII);

  /** Whether it says that the kernel is starting. */
  public boolean isStarting() {
    return msgType.equals("status") && Arrays.equals(content, STARTING);
  }

  /** Whether it says that the kernel died and is started again. */
  public boolean isRestarting() {
    return msgType.equals("status") && Arrays.equals(content, RESTARTING);
  }

  /** What the entry costs while it is kept, in bytes. */
  public long bytes() {
    long sum = 128L + header.length + parentHeader.length + metadata.length + content.length;
    for (byte[] buffer : buffers) {
      sum += buffer.length;
    }
    return sum;
  }
}
