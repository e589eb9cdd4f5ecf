package dev.penstock.gateway.logview;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a stretch of a log in one format, for the call's own thread. */
abstract class LogWriter {
  private static final int BUFFER = 1 << 15;

  private final OutputStream out;

  /** Writes to a client. */
  LogWriter(OutputStream out) {
    this.out = new BufferedOutputStream(out, BUFFER);
  }

  /** Begins. */
  abstract void begin() throws IOException;

  /** An entry, as one line of JSON. */
  abstract void entry(long seq, byte[] json) throws IOException;

  /** So many numbers before the next entry are gone from the log. */
  abstract void lost(long count) throws IOException;

  /** Nothing was said for a while: shows the client that it is still connected, and us the same. */
  abstract void idle() throws IOException;

  /**
   * It is over.
   *
   * @param next the number to read on from
   */
  abstract void end(long next) throws IOException;

  /** Hands the client what was written. */
  final void flush() throws IOException {
    out.flush();
  }

  final void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  final void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }
}
