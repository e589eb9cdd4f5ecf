package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Bodies of calls and answers as trees. */
final class Json {

  private Json() {}

  /** Throws JacksonException for what is no JSON; nothing at all is a node that is missing. */
  static JsonNode read(byte[] json) {
    return Trees.MAPPER.readTree(json);
  }

  static <T> T convert(JsonNode node, Class<T> type) {
    return Trees.MAPPER.treeToValue(node, type);
  }

  static @Nullable String optional(JsonNode model, String field) {
    return model.hasNonNull(field) ? Trees.text(model, field) : null;
  }
}
