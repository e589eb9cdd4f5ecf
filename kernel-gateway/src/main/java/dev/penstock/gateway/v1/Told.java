package dev.penstock.gateway.v1;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.json.Spliced;
import dev.penstock.gateway.kernels.Tracebacks;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Entries of the log as an execution's outputs. */
final class Told {
  private static final String VALUE = "penstock_stream_data";

  private static final Set<String> OUTPUTS =
      Set.of(
          "stream",
          "display_data",
          "update_display_data",
          "execute_result",
          "error",
          "clear_output",
          "input_request",
          VALUE);

  private Told() {}

  /** Whether it is one; statuses, replies and comm messages are not. */
  static boolean isOutput(OutputEntry entry) {
    return OUTPUTS.contains(entry.msgType());
  }

  /** Name of its kind of event; null for stdout and values, which are plain messages. */
  static @Nullable String event(OutputEntry entry, ObjectNode content) {
    if (entry.msgType().equals("stream")) {
      return "stderr".equals(Json.text(content, "name")) ? "stderr" : null;
    }
    return entry.msgType().equals(VALUE) ? null : entry.msgType();
  }

  /**
   * {@code {"seq", "time", "stream", "text"}} for text, {@code {"seq", "time", "value"}} for a
   * value of a stream, else {@code {"seq", "time", "type", "content"}} and {@code buffers} in
   * Base64, if there are any.
   */
  static byte[] json(Logged logged, ObjectNode content, Tracebacks tracebacks) {
    OutputEntry entry = tracebacks.of(logged.entry());
    ObjectNode head = Json.object().put("seq", logged.seq()).put("time", logged.at().toString());
    return switch (entry.msgType()) {
      case "stream" ->
          Json.bytes(head.put("stream", text(content, "name")).put("text", text(content, "text")));
      case VALUE -> {
        byte[] value = text(content, "value").getBytes(StandardCharsets.UTF_8);
        yield new Spliced(head).with("value", value).bytes();
      }
      default -> {
        head.put("type", entry.msgType());
        if (!entry.buffers().isEmpty()) {
          ArrayNode buffers = head.putArray("buffers");
          entry
              .buffers()
              .forEach(buffer -> buffers.add(Base64.getEncoder().encodeToString(buffer)));
        }
        yield new Spliced(head).with("content", entry.content()).bytes();
      }
    };
  }

  /** An entry's content; empty if it cannot be read. */
  static ObjectNode content(OutputEntry entry) {
    try {
      return Json.readObject(entry.content());
    } catch (JsonLineException e) {
      // Another kernel's mistake: it says nothing.
      return Json.object();
    }
  }

  private static String text(ObjectNode content, String field) {
    return Json.clean(Objects.requireNonNullElse(Json.text(content, field), ""));
  }
}
