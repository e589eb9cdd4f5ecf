package dev.penstock.gateway.logview;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Server-sent events (HTML standard, 9.2): an entry is a {@code message} whose id is its number, so
 * that a browser that comes again says where it was.
 */
final class EventWriter extends LogWriter {
  /** How soon a browser comes again when the connection breaks. */
  private static final int RETRY_MS = 1000;

  EventWriter(OutputStream out) {
    super(out);
  }

  @Override
  public void begin() throws IOException {
    write("retry: " + RETRY_MS + "\n");
    idle();
  }

  @Override
  public void entry(long seq, byte[] json) throws IOException {
    write("id: " + seq + "\ndata: ");
    write(json);
    write("\n\n");
  }

  @Override
  public void event(String name, long seq, byte[] json) throws IOException {
    write("event: " + name + "\n");
    entry(seq, json);
  }

  @Override
  public void lost(long from, long count) throws IOException {
    write("event: gap\ndata: {\"lost\":" + count + ",\"from\":" + from + "}\n\n");
  }

  /** Without an empty line behind it: some readers take what that ends for an event. */
  @Override
  public void idle() throws IOException {
    write(": here\n");
  }

  @Override
  public void end(long next) throws IOException {
    write("event: end\ndata: {\"next\":" + next + "}\n\n");
  }
}
