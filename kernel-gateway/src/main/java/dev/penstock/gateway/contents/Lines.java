package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The texts of a notebook (nbformat 4): lists of lines in a file, one string in a model. Works in
 * place; what has not the expected shape stays as it is.
 */
final class Lines {
  private static final Set<String> TEXT_TYPES = Set.of("application/javascript", "image/svg+xml");
  private static final Set<String> BUNDLES = Set.of("execute_result", "display_data");

  private Lines() {}

  /** Lists of lines become strings. */
  static void join(ObjectNode notebook) {
    for (ObjectNode cell : objects(notebook.get("cells"))) {
      joinField(cell, "source");
      for (JsonNode attachment : Json.child(cell, "attachments")) {
        joinBundle(attachment);
      }
      if ("code".equals(Json.text(cell, "cell_type"))) {
        for (ObjectNode output : objects(cell.get("outputs"))) {
          joinOutput(output);
        }
      }
    }
  }

  private static void joinOutput(ObjectNode output) {
    if (isBundle(output)) {
      joinBundle(output.get("data"));
    } else if (output.hasNonNull("output_type")) {
      joinField(output, "text");
    }
  }

  private static void joinBundle(@Nullable JsonNode bundle) {
    if (bundle instanceof ObjectNode data) {
      for (String type : List.copyOf(data.propertyNames())) {
        if (!isJson(type)) {
          joinField(data, type);
        }
      }
    }
  }

  private static void joinField(ObjectNode owner, String field) {
    if (owner.get(field) instanceof ArrayNode lines
        && lines.valueStream().allMatch(JsonNode::isString)) {
      StringBuilder text = new StringBuilder();
      lines.forEach(line -> text.append(line.stringValue()));
      owner.put(field, text.toString());
    }
  }

  /** Strings become lists of lines, where files have them so. */
  static void split(ObjectNode notebook) {
    for (ObjectNode cell : objects(notebook.get("cells"))) {
      splitField(cell, "source");
      for (JsonNode attachment : Json.child(cell, "attachments")) {
        splitBundle(attachment);
      }
      if ("code".equals(Json.text(cell, "cell_type"))) {
        for (ObjectNode output : objects(cell.get("outputs"))) {
          splitOutput(output);
        }
      }
    }
  }

  private static void splitOutput(ObjectNode output) {
    if (isBundle(output)) {
      splitBundle(output.get("data"));
    } else if ("stream".equals(Json.text(output, "output_type"))) {
      splitField(output, "text");
    }
  }

  private static void splitBundle(@Nullable JsonNode bundle) {
    if (bundle instanceof ObjectNode data) {
      for (String type : List.copyOf(data.propertyNames())) {
        if (type.startsWith("text/") || TEXT_TYPES.contains(type)) {
          splitField(data, type);
        }
      }
    }
  }

  private static void splitField(ObjectNode owner, String field) {
    String text = Json.text(owner, field);
    if (text != null) {
      ArrayNode lines = owner.putArray(field);
      int start = 0;
      while (start < text.length()) {
        int end = lineEnd(text, start);
        lines.add(text.substring(start, end));
        start = end;
      }
    }
  }

  /** Where the line that starts here ends, behind its line end, by Python's {@code splitlines}. */
  private static int lineEnd(String text, int start) {
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
        return i + 2;
      }
      if (isLineEnd(c)) {
        return i + 1;
      }
    }
    return text.length();
  }

  private static boolean isLineEnd(char c) {
    return (c >= '\n' && c <= '\r')
        || (c >= 0x1c && c <= 0x1e)
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  private static boolean isBundle(ObjectNode output) {
    return BUNDLES.contains(Objects.requireNonNullElse(Json.text(output, "output_type"), ""));
  }

  private static boolean isJson(String type) {
    return type.equals("application/json")
        || (type.startsWith("application/") && type.endsWith("+json"));
  }

  /** The objects of an array; none if it is no array. */
  static List<ObjectNode> objects(@Nullable JsonNode array) {
    return array instanceof ArrayNode elements
        ? elements
            .valueStream()
            .filter(ObjectNode.class::isInstance)
            .map(ObjectNode.class::cast)
            .toList()
        : List.of();
  }
}
