package dev.penstock.gateway.logview;

import java.io.IOException;
import java.io.OutputStream;

/** {@code {"entries": […], "next": N, "lost": M}}. */
final class ObjectWriter extends LogWriter {
  private String separator = "";
  private long lost;

  ObjectWriter(OutputStream out) {
    super(out);
  }

  @Override
  public void begin() throws IOException {
    write("{\"entries\":[");
  }

  @Override
  public void entry(long seq, byte[] json) throws IOException {
    write(separator);
    write(json);
    separator = ",\n";
  }

  @Override
  public void lost(long from, long count) {
    lost += count;
  }

  @Override
  public void idle() throws IOException {
    write(" ");
  }

  @Override
  public void end(long next) throws IOException {
    write("],\"next\":" + next + ",\"lost\":" + lost + "}\n");
  }
}
