package dev.penstock.gateway.v1;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.Logged;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a terminal would show: text as it was written, results and displays on lines of their own.
 */
final class TextOutputs implements RunSink {
  private final OutputStream out;
  private final RunModel model;

  TextOutputs(OutputStream out, RunModel model) {
    this.out = new BufferedOutputStream(out);
    this.model = model;
  }

  @Override
  public void begin() {}

  @Override
  public void told(Logged logged) throws IOException {
    ObjectNode content = Told.content(model.tracebacks().of(logged.entry()));
    switch (logged.entry().msgType()) {
      case "stream" -> write(text(content, "text"));
      case "execute_result", "display_data" ->
          write(text(Json.child(content, "data"), "text/plain") + "\n");
      case "penstock_stream_data" -> write(text(content, "value") + "\n");
      case "error" -> write(text(content, "ename") + ": " + text(content, "evalue") + "\n");
      default -> {} // nothing that text could show
    }
  }

  @Override
  public void lost(long from, long count) throws IOException {
    write("\n[%d outputs are lost]\n".formatted(count));
  }

  @Override
  public void idle() {} // whatever were written would be taken for output

  @Override
  public void exit(RunView run) {}

  @Override
  public void end(long next) {}

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(ObjectNode content, String field) {
    return Objects.requireNonNullElse(Json.text(content, field), "");
  }
}
