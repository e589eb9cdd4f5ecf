package dev.penstock.gateway.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One JSON object per line over a byte channel (docs/local-sockets.md). One thread reads; any
 * thread writes: a line is written whole under a lock.
 */
public final class JsonLines implements AutoCloseable {
  /** Longest line taken: a start request carries a whole environment, but never this much. */
  static final int MAX_LINE = 16 << 20;

  private final ByteChannel channel;
  private final ByteBuffer input = ByteBuffer.allocate(8192).flip();
  private final ReentrantLock writing = new ReentrantLock();

  public JsonLines(ByteChannel channel) {
    this.channel = channel;
  }

  /**
   * The next object, or null at the end of the stream.
   *
   * @throws JsonLineException if a line is too long or not a JSON object
   */
  public @Nullable ObjectNode read() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    while (true) {
      while (input.hasRemaining()) {
        byte b = input.get();
        if (b == '\n') {
          return Json.readObject(line.toByteArray());
        }
        line.write(b);
        if (line.size() > MAX_LINE) {
          throw new JsonLineException("line longer than " + MAX_LINE + " bytes", null);
        }
      }
      input.clear();
      int read = channel.read(input);
      input.flip();
      if (read < 0) {
        return null;
      }
    }
  }

  /** Writes one object and its line end. */
  public void write(JsonNode object) throws IOException {
    byte[] json = Json.bytes(object);
    ByteBuffer line = ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip();
    writing.lock();
    try {
      while (line.hasRemaining()) {
        channel.write(line);
      }
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
