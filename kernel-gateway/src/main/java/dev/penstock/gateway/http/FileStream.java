package dev.penstock.gateway.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Sends a file that is open, and closes it.
 *
 * @param in the rest of it
 */
public record FileStream(InputStream in) implements Answer.Stream {
  @Override
  public void writeTo(OutputStream out) throws IOException {
    try (in) {
      in.transferTo(out);
    }
  }

  @Override
  public void skip() throws IOException {
    in.close();
  }
}
