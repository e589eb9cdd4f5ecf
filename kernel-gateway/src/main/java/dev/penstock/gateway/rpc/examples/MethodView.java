package dev.penstock.gateway.rpc.examples;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /json_echo_class}. */
class MethodView implements Endpoint {
  private static final int REQUEST = -32600;
  private static final int METHOD = -32601;
  static final int PARAMS = -32602;

  @Override
  public final void check(boolean isRpc, @Nullable ObjectNode request) throws EchoException {
    if (!isRpc) {
      throw invalid(REQUEST, "The server received an invalid content_type");
    }
    if (request == null) {
      throw new EchoException(-32700, "Invalid Method");
    }
    if (!request.has("jsonrpc") || !request.path("method").isString()) {
      throw invalid(REQUEST, "The JSON sent is not a valid Request object");
    }
    if (!request.path("jsonrpc").asString("").equals("2.0")) {
      throw invalid(REQUEST, "The JSON RPC version must be 2.0");
    }
  }

  @Override
  public final boolean tellsId() {
    return true;
  }

  @Override
  public final JsonNode call(String method, JsonNode params) throws EchoException {
    if (!has(method)) {
      throw new EchoException(
          METHOD, "The method " + method + " does not exist / is not available.");
    }
    if (params.isEmpty()) {
      throw invalid(PARAMS, "parameters are required");
    }
    return answer(method, params);
  }

  boolean has(String method) {
    return Echo.named(method).isPresent();
  }

  /** The result for parameters that are there. */
  JsonNode answer(String method, JsonNode params) throws EchoException {
    Echo echo = Echo.named(method).orElseThrow();
    JsonNode first = params.path(0);
    if (first.isMissingNode() || !echo.takes(first)) {
      throw invalid(PARAMS, "parameters are required as a list with a text");
    }
    return echo.of(first);
  }

  static EchoException invalid(int code, String why) {
    return new EchoException(code, "Invalid Request: " + why);
  }
}
