package dev.penstock.protocol.json;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes JSON as trees. */
public final class Trees {
  /**
   * Images are strings of many megabytes: sockets and servers bound a message's size, not the
   * parser.
   */
  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .build();

  private Trees() {}

  /** An object without fields. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** The object in UTF-8. */
  public static byte[] bytes(ObjectNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  /** A field's text; empty if it has none. */
  public static String text(JsonNode node, String field) {
    return node.path(field).asString("");
  }
}
