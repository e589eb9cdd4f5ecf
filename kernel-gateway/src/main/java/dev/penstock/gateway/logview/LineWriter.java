package dev.penstock.gateway.logview;

import java.io.IOException;
import java.io.OutputStream;

/**
 * An entry on each line. {@code {"lost": N, "from": M}} stands where entries are gone; an empty
 * line, which readers of such lines pass over, says that nothing happened for a while.
 */
final class LineWriter extends LogWriter {
  LineWriter(OutputStream out) {
    super(out);
  }

  @Override
  public void begin() {}

  @Override
  public void entry(long seq, byte[] json) throws IOException {
    write(json);
    write("\n");
  }

  @Override
  public void lost(long from, long count) throws IOException {
    write("{\"lost\":" + count + ",\"from\":" + from + "}\n");
  }

  @Override
  public void idle() throws IOException {
    write("\n");
  }

  @Override
  public void end(long next) {}
}
