package dev.penstock.gateway.rpc.examples;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /json_echo/}: takes any version, and names the method before the parameters. */
final class FunctionView implements Endpoint {
  @Override
  public void check(boolean isRpc, @Nullable ObjectNode request) throws EchoException {
    if (!isRpc) {
      throw new EchoException(-32700, "incorrect type or data");
    }
    if (request == null) {
      throw new EchoException(-32700, "Invalid Method");
    }
  }

  @Override
  public boolean tellsId() {
    return false;
  }

  @Override
  public JsonNode call(String method, JsonNode params) throws EchoException {
    Echo echo = Echo.named(method).orElseThrow(() -> new EchoException(-32601, "Invalid Method"));
    JsonNode first = params.path(0);
    if (first.isMissingNode() || !echo.takes(first)) {
      throw new EchoException(-32602, "Invalid Method Parameters");
    }
    return echo.of(first);
  }
}
