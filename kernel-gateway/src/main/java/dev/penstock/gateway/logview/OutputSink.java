package dev.penstock.gateway.logview;

import dev.penstock.gateway.session.Logged;
import java.io.IOException;

/** How a reader is told outputs. Used by the reader's own thread. */
public interface OutputSink {
  /** Shows the reader that it is connected. */
  void begin() throws IOException;

  /** An output. */
  void told(Logged logged) throws IOException;

  /** So many numbers from this one on are gone. */
  void lost(long from, long count) throws IOException;

  /** Nothing was said for a while: shows both sides that they are still connected. */
  void idle() throws IOException;

  /**
   * Nothing follows.
   *
   * @param next the number to read on from
   */
  void end(long next) throws IOException;

  /** Hands the reader what was written. */
  void flush() throws IOException;
}
