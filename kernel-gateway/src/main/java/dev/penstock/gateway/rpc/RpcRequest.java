package dev.penstock.gateway.rpc;

import dev.penstock.gateway.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One call (JSON-RPC 2.0, 4).
 *
 * @param id a string, a number or null, to be given back as it is; Java's null for a notification,
 *     which nobody answers
 */
record RpcRequest(@Nullable JsonNode id, String method, Params params) {

  /**
   * Reads one.
   *
   * @throws RpcException if it is none
   */
  static RpcRequest of(JsonNode json) throws RpcException {
    if (!(json instanceof ObjectNode request)) {
      throw invalid("it must be an object");
    }
    if (!"2.0".equals(Json.text(request, "jsonrpc"))) {
      throw invalid("jsonrpc must be \"2.0\"");
    }
    String method = Json.text(request, "method");
    if (method == null) {
      throw invalid("method must be a string");
    }
    JsonNode id = request.get("id");
    if (id != null && !isId(id)) {
      throw invalid("id must be a string, a number or null");
    }
    return new RpcRequest(id, method, Params.of(request.get("params")));
  }

  /** The id of what may be no request; null where there is none that could be given back. */
  static JsonNode idOf(JsonNode json) {
    JsonNode id = json.get("id");
    return id != null && isId(id) ? id : Json.object().nullNode();
  }

  private static boolean isId(JsonNode id) {
    // No JSON could give back a number beyond those of doubles.
    return id.isString() || id.isNull() || (id.isNumber() && Double.isFinite(id.doubleValue()));
  }

  private static RpcException invalid(String why) {
    return new RpcException(RpcError.invalidRequest(why));
  }
}
