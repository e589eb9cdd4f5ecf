package dev.penstock.gateway.log;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The two fields of contents that tell what they supersede; read by streaming, data is skipped. */
final class OutputContent {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  private OutputContent() {}

  /** {@code transient.display_id} of an update (spec: "update_display_data"), "" if none. */
  static String displayId(byte[] content) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), content)) {
      if (find(parser, "transient") == JsonToken.START_OBJECT) {
        return fieldOf(parser, "display_id") == JsonToken.VALUE_STRING ? parser.getString() : "";
      }
    } catch (JacksonException e) {
      // Not what a worker sends: it supersedes nothing.
    }
    return "";
  }

  /** {@code wait} of a clear_output; true when it cannot be read, which clears less. */
  static boolean waits(byte[] content) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), content)) {
      JsonToken value = find(parser, "wait");
      return value != JsonToken.VALUE_FALSE && value != JsonToken.NOT_AVAILABLE;
    } catch (JacksonException e) {
      // Not what a worker sends.
      return true;
    }
  }

  /** Goes to the value of a field of the outermost object. */
  private static JsonToken find(JsonParser parser, String field) {
    return parser.nextToken() == JsonToken.START_OBJECT
        ? fieldOf(parser, field)
        : JsonToken.NOT_AVAILABLE;
  }

  /** Goes to the value of a field of the object that the parser has entered. */
  private static JsonToken fieldOf(JsonParser parser, String field) {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken value = parser.nextToken();
      if (name.equals(field)) {
        return value;
      }
      parser.skipChildren();
    }
    return JsonToken.NOT_AVAILABLE;
  }
}
