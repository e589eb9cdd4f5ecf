package dev.penstock.gateway.contents;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;

/**
 * A file to be sent as it is ({@code /files/…}): open, so that it is the one that was checked. To
 * be closed by who asked for it.
 *
 * @param channel for reading, at the file's beginning; it can be positioned (range requests)
 * @param name the file's name, for {@code Content-Disposition}
 * @param size in bytes
 * @param modified for {@code Last-Modified}
 * @param type a {@code Content-Type}
 * @param attachment whether browsers should save it in any case (notebooks)
 */
public record RawFile(
    FileChannel channel, String name, long size, Instant modified, String type, boolean attachment)
    implements Closeable {
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
