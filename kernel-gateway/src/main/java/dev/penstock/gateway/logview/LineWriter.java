package dev.penstock.gateway.logview;

import java.io.IOException;
import java.io.OutputStream;

/**
 * An entry on each line. {@code {"lost": N}} stands where entries are gone; an empty line, which
 * readers of such lines pass over, says that nothing happened for a while.
 */
final class LineWriter extends LogWriter {
  LineWriter(OutputStream out) {
    super(out);
  }

  @Override
  void begin() {}

  @Override
  void entry(long seq, byte[] json) throws IOException {
    write(json);
    write("\n");
  }

  @Override
  void lost(long count) throws IOException {
    write("{\"lost\":" + count + "}\n");
  }

  @Override
  void idle() throws IOException {
    write("\n");
  }

  @Override
  void end(long next) {}
}
