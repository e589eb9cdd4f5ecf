package dev.penstock.gateway.logview;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Server-sent events (HTML standard, 9.2): an entry is a {@code message} whose id is its number, so
 * that a browser that comes again says where it was.
 */
final class EventWriter extends LogWriter {
  EventWriter(OutputStream out) {
    super(out);
  }

  @Override
  void begin() throws IOException {
    idle();
  }

  @Override
  void entry(long seq, byte[] json) throws IOException {
    write("id: " + seq + "\ndata: ");
    write(json);
    write("\n\n");
  }

  @Override
  void lost(long count) throws IOException {
    write("event: gap\ndata: {\"lost\":" + count + "}\n\n");
  }

  @Override
  void idle() throws IOException {
    write(": here\n\n");
  }

  @Override
  void end(long next) throws IOException {
    write("event: end\ndata: {\"next\":" + next + "}\n\n");
  }
}
