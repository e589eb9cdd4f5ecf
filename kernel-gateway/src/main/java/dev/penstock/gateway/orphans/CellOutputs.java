package dev.penstock.gateway.orphans;

import dev.penstock.gateway.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The outputs of one cell in nbformat 4 ("Code cell outputs"), from the messages that made them, as
 * JupyterLab and nbclient put them together. For one thread.
 */
final class CellOutputs {
  private final List<Shown> shown = new ArrayList<>();

  /** Outputs by display_id, which updates replace the data of. */
  private final Map<String, List<ObjectNode>> displays = new HashMap<>();

  /** Whether the next output clears those before it (clear_output with {@code wait}). */
  private boolean clearing;

  /**
   * An output.
   *
   * @param text of a stream, to which more can come; else null
   */
  private record Shown(ObjectNode output, @Nullable StringBuilder text) {}

  /** Text of a stream: more of the last output, if that is the same stream. */
  void stream(ObjectNode content) {
    String name = textOf(content, "name");
    String text = textOf(content, "text");
    clearIfWaiting();
    Shown last = shown.isEmpty() ? null : shown.getLast();
    if (last != null && last.text != null && name.equals(Json.text(last.output, "name"))) {
      last.text.append(text);
    } else {
      shown.add(new Shown(output("stream").put("name", name), new StringBuilder(text)));
    }
  }

  /** A {@code display_data} or {@code execute_result}. */
  void display(String type, ObjectNode content) {
    clearIfWaiting();
    ObjectNode output = output(type);
    if (type.equals("execute_result")) {
      output.set("execution_count", content.path("execution_count"));
    }
    fill(output, content);
    shown.add(new Shown(output, null));
    String id = Json.text(Json.child(content, "transient"), "display_id");
    if (id != null) {
      displays.computeIfAbsent(id, _ -> new ArrayList<>()).add(output);
    }
  }

  /** An {@code update_display_data}, of this cell or another: for a display of this cell. */
  void update(ObjectNode content) {
    String id = Json.text(Json.child(content, "transient"), "display_id");
    displays.getOrDefault(id == null ? "" : id, List.of()).forEach(output -> fill(output, content));
  }

  /** An {@code error}. */
  void error(ObjectNode content) {
    clearIfWaiting();
    ObjectNode output = output("error");
    output.put("ename", textOf(content, "ename")).put("evalue", textOf(content, "evalue"));
    JsonNode traceback = content.get("traceback");
    output.set("traceback", traceback instanceof ArrayNode ? traceback : Json.array());
    shown.add(new Shown(output, null));
  }

  /** A {@code clear_output}. */
  void clear(ObjectNode content) {
    if (Json.flag(content, "wait")) {
      clearing = true;
    } else {
      clear();
    }
  }

  /** The outputs; texts are one string each. */
  ArrayNode json() {
    ArrayNode outputs = Json.array();
    for (Shown one : shown) {
      if (one.text != null) {
        one.output.put("text", ShownText.of(one.text.toString()));
      }
      outputs.add(one.output);
    }
    return outputs;
  }

  private void clearIfWaiting() {
    if (clearing) {
      clear();
    }
  }

  private void clear() {
    clearing = false;
    shown.clear();
    displays.clear();
  }

  private static ObjectNode output(String type) {
    return Json.object().put("output_type", type);
  }

  private static void fill(ObjectNode output, ObjectNode content) {
    output.set("data", Json.child(content, "data"));
    output.set("metadata", Json.child(content, "metadata"));
  }

  private static String textOf(ObjectNode content, String field) {
    String text = Json.text(content, field);
    return text == null ? "" : text;
  }
}
