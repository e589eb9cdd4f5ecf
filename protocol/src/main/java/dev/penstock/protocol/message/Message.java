package dev.penstock.protocol.message;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One Jupyter message as it travels: its JSON parts are the bytes that were received or will be
 * sent, never encoded again (encoding again changes values: 1e400, lone surrogates, big integers).
 *
 * <p>The arrays are not copied; whoever makes a message must not change them afterwards. Equality
 * is that of the arrays' identity, so compare parts, not messages.
 *
 * @param identities routing frames in front of the delimiter; on iopub the topic (messaging spec,
 *     "The wire protocol")
 * @param header UTF-8 JSON object
 * @param parentHeader the request's header, or {@code {}}
 * @param metadata UTF-8 JSON object
 * @param content UTF-8 JSON object
 * @param buffers raw bytes after the JSON parts, any number, not signed
 */
@SuppressWarnings("ArrayRecordComponent") // bytes pass through; a wrapper would cost every part
public record Message(
    List<byte[]> identities,
    byte[] header,
    byte[] parentHeader,
    byte[] metadata,
    byte[] content,
    List<byte[]> buffers) {

  /** The bytes of {@code {}}. Shared: never write into it. */
  @SuppressWarnings("MutablePublicArray") // a constant part of messages, which are all bare arrays
  public static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.US_ASCII);

  public Message {
    identities = List.copyOf(identities);
    buffers = List.copyOf(buffers);
  }

  /** A message without identities, metadata and buffers. */
  public static Message of(byte[] header, byte[] parentHeader, byte[] content) {
    return new Message(List.of(), header, parentHeader, EMPTY_OBJECT, content, List.of());
  }

  /** The same message for other receivers. */
  public Message withIdentities(List<byte[]> newIdentities) {
    return new Message(newIdentities, header, parentHeader, metadata, content, buffers);
  }

  /** Sizes only: contents of messages are the users' and belong in no log. */
  @Override
  public String toString() {
    return "Message[header="
        + header.length
        + " B, content="
        + content.length
        + " B, buffers="
        + buffers.size()
        + "]";
  }
}
