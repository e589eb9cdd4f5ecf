package dev.penstock.gateway.rpc.examples;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One of the examples' endpoints: it has words of its own for what is wrong. Thread-safe. */
interface Endpoint {
  /**
   * Checks what comes before the request's method.
   *
   * @param isRpc whether the call's type is {@code application/json-rpc}
   * @param request null if the body is no object
   */
  void check(boolean isRpc, @Nullable ObjectNode request) throws EchoException;

  /** Whether an answer has the request's id, for an error that {@link #check} found. */
  boolean tellsId();

  /** Calls a method; {@code params} may be missing. */
  JsonNode call(String method, JsonNode params) throws EchoException;
}
