package dev.penstock.gateway.rpc;

import dev.penstock.gateway.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parameters of a call, by place or by name (JSON-RPC 2.0, 4.2).
 *
 * @param json an array or an object; an empty array where the call has none
 */
record Params(JsonNode json) {
  /** No parameters. */
  static Params none() {
    return new Params(Json.array());
  }

  /**
   * What a request has in {@code params}.
   *
   * @throws RpcException if it is neither an array nor an object
   */
  static Params of(@Nullable JsonNode json) throws RpcException {
    if (json == null) {
      return none();
    }
    if (json instanceof ArrayNode || json instanceof ObjectNode) {
      return new Params(json);
    }
    throw new RpcException(RpcError.invalidRequest("params must be an array or an object"));
  }

  /**
   * The same by name, null where one was left out.
   *
   * @param names of all that the method takes, in order
   * @throws RpcException if there are others
   */
  ObjectNode named(List<String> names) throws RpcException {
    ObjectNode named = Json.object();
    if (json instanceof ArrayNode places) {
      if (places.size() > names.size()) {
        throw new RpcException(
            RpcError.invalidParams(
                "%d given, at most %d taken: %s".formatted(places.size(), names.size(), names)));
      }
      for (int i = 0; i < places.size(); i++) {
        named.set(names.get(i), places.get(i));
      }
      return named;
    }
    List<String> unknown = new ArrayList<>(json.propertyNames());
    unknown.removeAll(names);
    if (!unknown.isEmpty()) {
      throw new RpcException(
          RpcError.invalidParams("unknown: %s; taken: %s".formatted(unknown, names)));
    }
    return (ObjectNode) json;
  }
}
