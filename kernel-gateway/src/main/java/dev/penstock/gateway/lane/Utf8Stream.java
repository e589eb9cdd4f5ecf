package dev.penstock.gateway.lane;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes UTF-8 that arrives in pieces; what is not UTF-8 becomes U+FFFD (OUT-04). A code point cut
 * by the end of a piece waits for the next one. Used by one thread.
 */
final class Utf8Stream {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer pending = ByteBuffer.allocate(0);

  /** Text of these bytes and of what was pending before. */
  String decode(byte[] bytes, int offset, int length) {
    ByteBuffer in = joined(bytes, offset, length);
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, false);
    pending = ByteBuffer.wrap(toArray(in));
    return out.flip().toString();
  }

  /** Text of what is pending: the other stream speaks next, or the lane ended. */
  String flush() {
    if (!pending.hasRemaining()) {
      return "";
    }
    CharBuffer out = CharBuffer.allocate(pending.remaining() + 2);
    decoder.decode(pending, out, true);
    decoder.flush(out);
    decoder.reset();
    pending = ByteBuffer.allocate(0);
    return out.flip().toString();
  }

  private ByteBuffer joined(byte[] bytes, int offset, int length) {
    if (!pending.hasRemaining()) {
      return ByteBuffer.wrap(bytes, offset, length);
    }
    return ByteBuffer.allocate(pending.remaining() + length)
        .put(pending)
        .put(bytes, offset, length)
        .flip();
  }

  private static byte[] toArray(ByteBuffer rest) {
    byte[] bytes = new byte[rest.remaining()];
    rest.get(bytes);
    return bytes;
  }
}
