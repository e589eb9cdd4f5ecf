package dev.penstock.gateway.pathview;

import dev.penstock.gateway.json.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one poll brings.
 *
 * @param messages in order; may be empty
 * @param done whether the stream's end is among them, or there is nothing to wait for
 */
record Batch(ArrayNode messages, boolean done) {
  static Batch empty(boolean done) {
    return new Batch(Json.array(), done);
  }

  ObjectNode json() {
    ObjectNode json = Json.object().put("done", done);
    json.set("messages", messages);
    return json;
  }
}
