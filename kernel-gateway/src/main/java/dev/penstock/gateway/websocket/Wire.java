package dev.penstock.gateway.websocket;

import dev.penstock.gateway.session.OutputEntry;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A protocol of messages in WebSocket frames. Without state: for any thread. */
interface Wire {
  /** More parts than any message has; each costs memory, even when it is empty. */
  int MOST_PARTS = 1 << 16;

  /** The subprotocol's name; null for the protocol without one. */
  @Nullable String subprotocol();

  /** A message as one frame. */
  Outgoing encode(OutputEntry entry);

  /**
   * The message in a binary frame; null for one that is ignored (an unknown channel).
   *
   * @throws FrameException if it is none
   */
  @Nullable Envelope decode(ByteBuffer frame) throws FrameException;

  /** The message in a text frame; null for one that is ignored. */
  @Nullable Envelope decode(String frame) throws FrameException;

  /**
   * One frame.
   *
   * @param binary null for a text frame
   * @param text null for a binary frame
   */
  record Outgoing(@Nullable ByteBuffer binary, @Nullable String text) {
    static Outgoing of(ByteBuffer binary) {
      return new Outgoing(binary, null);
    }

    static Outgoing of(String text) {
      return new Outgoing(null, text);
    }

    long bytes() {
      ByteBuffer bytes = binary;
      String chars = text;
      return bytes != null ? bytes.remaining() : chars == null ? 0 : chars.length();
    }
  }
}
