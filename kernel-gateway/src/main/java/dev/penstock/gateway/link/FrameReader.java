package dev.penstock.gateway.link;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames from a channel. Used by one thread; its buffer is direct, so that no copy is made
 * behind our back.
 */
public final class FrameReader {
  /** Largest frame taken, as the specification of the link says. */
  public static final long MAX_FRAME = 1L << 30;

  /** Bytes after the length field and before the part sizes. */
  static final int FIXED = 20;

  private final ReadableByteChannel channel;
  private final ByteBuffer buffer;

  public FrameReader(ReadableByteChannel channel, int bufferBytes) {
    this.channel = channel;
    this.buffer = ByteBuffer.allocateDirect(Math.max(bufferBytes, 512)).flip();
  }

  /**
   * The next frame, or null when the stream ended between two frames.
   *
   * @throws EOFException if it ended within a frame
   * @throws LinkProtocolException if the bytes are not a frame
   */
  public @Nullable Frame read() throws IOException {
    if (!buffer.hasRemaining() && !fill()) {
      return null;
    }
    long length = u32();
    if (length < FIXED || length > MAX_FRAME) {
      throw new LinkProtocolException("frame length " + length + " is out of range");
    }
    int typeCode = u8();
    int flags = u8();
    int count = u8() << 8 | u8();
    long number = u32() << 32 | u32();
    long marker = u32() << 32 | u32();
    FrameType type = FrameType.of(typeCode);
    if (type == null) {
      throw new LinkProtocolException("unknown frame type " + typeCode);
    }
    if (count < type.leastParts()) {
      throw new LinkProtocolException(type + " with only " + count + " parts");
    }
    return new Frame(type, flags, number, marker, parts(count, length - FIXED));
  }

  private List<byte[]> parts(int count, long rest) throws IOException {
    long left = rest - 4L * count;
    if (left < 0) {
      throw new LinkProtocolException("frame too short for its " + count + " part sizes");
    }
    int[] sizes = new int[count];
    long sum = 0;
    for (int i = 0; i < count; i++) {
      long size = u32();
      sum += size;
      if (sum > left) {
        break;
      }
      sizes[i] = (int) size;
    }
    if (sum != left) {
      throw new LinkProtocolException("part sizes do not add up to the frame's length");
    }
    List<byte[]> parts = new ArrayList<>(count);
    for (int size : sizes) {
      parts.add(bytes(size));
    }
    return List.copyOf(parts);
  }

  private byte[] bytes(int size) throws IOException {
    byte[] bytes = new byte[size];
    int at = 0;
    while (at < size) {
      require();
      int n = Math.min(size - at, buffer.remaining());
      buffer.get(bytes, at, n);
      at += n;
    }
    return bytes;
  }

  private long u32() throws IOException {
    return (long) u8() << 24 | (long) u8() << 16 | (long) u8() << 8 | u8();
  }

  private int u8() throws IOException {
    require();
    return buffer.get() & 0xff;
  }

  private void require() throws IOException {
    if (!buffer.hasRemaining() && !fill()) {
      throw new EOFException("the link ended within a frame");
    }
  }

  private boolean fill() throws IOException {
    buffer.clear();
    int read = channel.read(buffer);
    buffer.flip();
    return read > 0;
  }
}
