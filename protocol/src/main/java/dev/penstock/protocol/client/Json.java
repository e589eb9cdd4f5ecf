package dev.penstock.protocol.client;

import dev.penstock.protocol.json.Trees;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.Message;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Contents of messages as trees, and outputs from them. */
final class Json {

  private Json() {}

  /**
   * The object in these bytes; an empty one for anything else, as for a message without content.
   */
  static ObjectNode object(byte[] json) {
    try {
      return asObject(Trees.MAPPER.readTree(json));
    } catch (JacksonException e) {
      // A kernel that sends broken JSON: the typed fields are then empty, the bytes are there.
      return Trees.object();
    }
  }

  static Output output(Header header, Message message) {
    ObjectNode content = object(message.content());
    return switch (header.msgType()) {
      case "stream" -> new Output.Stream(Trees.text(content, "name"), Trees.text(content, "text"));
      case "display_data" ->
          new Output.DisplayData(data(content), metadata(content), displayId(content));
      case "update_display_data" ->
          new Output.UpdateDisplayData(data(content), metadata(content), displayId(content));
      case "execute_result" ->
          new Output.ExecuteResult(count(content), data(content), metadata(content));
      case "error" ->
          new Output.Error(
              Trees.text(content, "ename"),
              Trees.text(content, "evalue"),
              content.path("traceback").valueStream().map(JsonNode::asString).toList());
      case "clear_output" -> new Output.ClearOutput(content.path("wait").asBoolean(false));
      case "execute_input" -> new Output.ExecuteInput(Trees.text(content, "code"), count(content));
      case "status" -> new Output.Status(Trees.text(content, "execution_state"));
      default -> new Output.Other(header.msgType(), content, message);
    };
  }

  private static int count(ObjectNode content) {
    return content.path("execution_count").asInt(0);
  }

  private static ObjectNode data(ObjectNode content) {
    return asObject(content.path("data"));
  }

  private static ObjectNode metadata(ObjectNode content) {
    return asObject(content.path("metadata"));
  }

  private static @Nullable String displayId(ObjectNode content) {
    JsonNode id = content.path("transient").path("display_id");
    return id.isString() ? id.stringValue() : null;
  }

  static ObjectNode asObject(JsonNode node) {
    return node instanceof ObjectNode object ? object : Trees.object();
  }
}
