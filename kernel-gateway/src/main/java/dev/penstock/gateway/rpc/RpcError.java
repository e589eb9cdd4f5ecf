package dev.penstock.gateway.rpc;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.verbs.VerbError;
import dev.penstock.gateway.verbs.VerbResult;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why a call has no result (JSON-RPC 2.0, 5.1).
 *
 * @param code -32768 to -32000 are the standard's and ours, others the user's functions'
 * @param message one line for people
 * @param data what else is known; null for nothing
 */
record RpcError(long code, String message, @Nullable JsonNode data) {
  static final int FAILED = -32000;
  static final int NO_TASK = -32001;
  static final int NOT_DONE = -32002;
  static final int NO_SESSION = -32003;
  static final int CANCELLED = -32004;
  static final int TOO_MANY = -32005;
  static final int INVALID_REQUEST = -32600;
  static final int NO_METHOD = -32601;
  static final int INVALID_PARAMS = -32602;
  static final int INTERNAL = -32603;
  static final int PARSE = -32700;

  static RpcError of(int code, String message) {
    return new RpcError(code, message, null);
  }

  /** The standard's message, and what is wrong. */
  private static RpcError standard(int code, String message, String why) {
    return new RpcError(code, message, Json.string(why));
  }

  static RpcError notJson() {
    // What the parser says may quote the body.
    return standard(PARSE, "Parse error", "the body is not JSON in UTF-8, or nested 500 deep");
  }

  static RpcError invalidRequest(String why) {
    return standard(INVALID_REQUEST, "Invalid Request", why);
  }

  static RpcError invalidParams(String why) {
    return standard(INVALID_PARAMS, "Invalid params", why);
  }

  /** A fault of ours. */
  static RpcError internal() {
    return standard(INTERNAL, "Internal error", "the server's log has it");
  }

  static RpcError noTask(String id) {
    return new RpcError(NO_TASK, "No such task", Json.string(id));
  }

  /** A task that is not at its end, in this state. */
  static RpcError notDone(TaskState state) {
    String name = state.name().toLowerCase(Locale.ROOT);
    return new RpcError(NOT_DONE, "The task is not done", Json.object().put("state", name));
  }

  /** The error of the user's code, with what that wrote before. */
  static RpcError failed(VerbError error, VerbResult result) {
    ObjectNode data = Json.object().put("ename", error.ename()).put("evalue", error.evalue());
    ArrayNode lines = data.putArray("traceback");
    error.traceback().forEach(lines::add);
    data.put("stdout", result.stdout()).put("stderr", result.stderr());
    String text = error.evalue().isEmpty() ? "" : ": " + error.evalue();
    return new RpcError(FAILED, error.ename() + text, data);
  }

  /** What {@code penstock.worker.functions} says of a call that did not return. */
  static RpcError ofFunction(ObjectNode error, VerbResult result) {
    long code = Json.integer(error, "code", INTERNAL);
    JsonNode data = error.get("data");
    if (code == FAILED && data instanceof ObjectNode known) {
      known.put("stdout", result.stdout()).put("stderr", result.stderr());
    }
    return new RpcError(code, Objects.requireNonNullElse(Json.text(error, "message"), ""), data);
  }

  ObjectNode toJson() {
    ObjectNode error = Json.object().put("code", code).put("message", message);
    if (data != null) {
      error.set("data", data);
    }
    return error;
  }
}
