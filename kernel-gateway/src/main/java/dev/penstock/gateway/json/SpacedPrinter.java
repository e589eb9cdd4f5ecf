package dev.penstock.gateway.json;

import java.io.Serial;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.MinimalPrettyPrinter;

/** A space after each colon and comma, as Python's {@code json.dumps} has it. Without state. */
final class SpacedPrinter extends MinimalPrettyPrinter {
  @Serial private static final long serialVersionUID = 1L;

  @Override
  public void writeObjectNameValueSeparator(JsonGenerator out) {
    out.writeRaw(": ");
  }

  @Override
  public void writeObjectEntrySeparator(JsonGenerator out) {
    out.writeRaw(", ");
  }

  @Override
  public void writeArrayValueSeparator(JsonGenerator out) {
    out.writeRaw(", ");
  }
}
