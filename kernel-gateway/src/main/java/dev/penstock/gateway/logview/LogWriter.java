package dev.penstock.gateway.logview;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a stretch of a log in one format, for the call's own thread. */
public abstract class LogWriter {
  private static final int BUFFER = 1 << 15;

  private final OutputStream out;

  /** Writes to a client. */
  LogWriter(OutputStream out) {
    this.out = new BufferedOutputStream(out, BUFFER);
  }

  /** Begins. */
  public abstract void begin() throws IOException;

  /** An entry, as one line of JSON. */
  public abstract void entry(long seq, byte[] json) throws IOException;

  /** An entry that is of another kind than most, where the format tells kinds apart. */
  public void event(String name, long seq, byte[] json) throws IOException {
    entry(seq, json);
  }

  /** So many numbers from this one on are gone from the log. */
  public abstract void lost(long from, long count) throws IOException;

  /** Nothing was said for a while: shows the client that it is still connected, and us the same. */
  public abstract void idle() throws IOException;

  /**
   * It is over.
   *
   * @param next the number to read on from
   */
  public abstract void end(long next) throws IOException;

  /** Hands the client what was written. */
  public final void flush() throws IOException {
    out.flush();
  }

  final void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  final void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }
}
