package dev.penstock.gateway.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/**
 * An object on one line, some of whose fields are JSON that others made: put in as it is, because
 * re-encoding changes values.
 */
public final class Spliced {
  private final ByteArrayOutputStream line;

  /** Begins with these fields, at least one. */
  public Spliced(ObjectNode head) {
    byte[] begin = Json.bytes(head);
    line = new ByteArrayOutputStream(begin.length + 64);
    line.write(begin, 0, begin.length - 1);
  }

  /** Adds a field. */
  public Spliced with(String name, byte[] json) {
    line.writeBytes((",\"" + name + "\":").getBytes(StandardCharsets.US_ASCII));
    // Line ends can only be between JSON's words, where a space is as good.
    for (byte b : json) {
      line.write(b == '\n' || b == '\r' ? ' ' : b);
    }
    return this;
  }

  /** UTF-8 bytes of all of it. */
  public byte[] bytes() {
    line.write('}');
    return line.toByteArray();
  }
}
