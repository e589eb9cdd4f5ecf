package dev.penstock.gateway.logview;

import java.io.IOException;
import java.io.OutputStream;

/** Tells outputs as one object, as an object on each line, or as server-sent events. */
public abstract class JsonSink implements OutputSink {
  protected final LogFormat format;
  protected final LogWriter writer;

  /** Writes in this format. */
  protected JsonSink(LogFormat format, OutputStream out) {
    this.format = format;
    this.writer = format.writer(out);
  }

  @Override
  public void begin() throws IOException {
    writer.begin();
  }

  @Override
  public void lost(long from, long count) throws IOException {
    writer.lost(from, count);
  }

  @Override
  public void idle() throws IOException {
    writer.idle();
  }

  @Override
  public void end(long next) throws IOException {
    if (format == LogFormat.JSON) {
      writer.end(next); // the others end with the exit
    }
  }

  @Override
  public void flush() throws IOException {
    writer.flush();
  }
}
