package dev.penstock.gateway.rpc;

import dev.penstock.gateway.json.Json;
import tools.jackson.databind.JsonNode;

/** What comes of a call: exactly one of both (JSON-RPC 2.0, 5). */
sealed interface Outcome {
  /**
   * A result.
   *
   * @param json JSON text, which is passed on as it is
   */
  record Result(String json) implements Outcome {}

  /** An error. */
  record Failure(RpcError error) implements Outcome {}

  /** Characters of it, about. */
  default long size() {
    return switch (this) {
      case Result(String json) -> json.length();
      case Failure(RpcError error) -> Json.ascii(error.toJson()).length();
    };
  }

  static Outcome result(JsonNode value) {
    return new Result(Json.ascii(value));
  }
}
