package dev.penstock.gateway.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Writes frames to a channel, each one whole. */
final class FrameWriter {
  private FrameWriter() {}

  /** The frame as one buffer, ready to be written. */
  static ByteBuffer encode(Frame frame) {
    int count = frame.parts().size();
    long length = FrameReader.FIXED + 4L * count + frame.bytes();
    if (length > FrameReader.MAX_FRAME || count > 0xffff) {
      throw new IllegalArgumentException(
          "a message of " + length + " bytes in " + count + " parts is over the link's limit");
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) length + 4);
    buffer.putInt((int) length);
    buffer.put((byte) frame.type().code()).put((byte) frame.flags()).putShort((short) count);
    buffer.putLong(frame.number()).putLong(frame.marker());
    for (byte[] part : frame.parts()) {
      buffer.putInt(part.length);
    }
    for (byte[] part : frame.parts()) {
      buffer.put(part);
    }
    return buffer.flip();
  }

  static void write(WritableByteChannel channel, ByteBuffer encoded) throws IOException {
    while (encoded.hasRemaining()) {
      channel.write(encoded);
    }
  }
}
