package dev.penstock.gateway.rpc.examples;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the example clients of Pyjamas call. Their originals' mistakes are not here: a notification
 * has no answer, an answer either a result or an error. They know no token and run no code, so they
 * are open to all who may call the server.
 */
public final class ExamplesApi {
  private static final String TYPE = "application/json-rpc";

  /** As the originals answer it; whether the page may go on is what {@code Origins} says. */
  private static final Answer PREFLIGHT =
      new Answer(
          200,
          Map.of(
              "Access-Control-Allow-Methods", "POST, OPTIONS",
              "Access-Control-Allow-Headers", "Content-Type",
              "Access-Control-Max-Age", "86400"),
          new byte[0],
          null);

  private ExamplesApi() {}

  /** Adds the three paths. */
  public static void addTo(Routes routes) {
    add(routes, "/json_echo", new FunctionView());
    add(routes, "/json_echo_class", new MethodView());
    add(routes, "/json_celery_class", new JobView(Clock.systemUTC()));
  }

  private static void add(Routes routes, String path, Endpoint endpoint) {
    routes.addOpen("POST", path, call -> answer(call, endpoint));
    routes.addOpen("OPTIONS", path, _ -> PREFLIGHT);
  }

  private static Answer answer(Call call, Endpoint endpoint) throws HttpException, IOException {
    String type = Objects.requireNonNullElse(call.header("Content-Type"), "");
    boolean isRpc = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(TYPE);
    return answer(endpoint, isRpc, object(call.body()));
  }

  static Answer answer(Endpoint endpoint, boolean isRpc, @Nullable ObjectNode request) {
    ObjectNode answer = Json.object().put("jsonrpc", "2.0");
    JsonNode id = request == null ? null : request.get("id");
    if (id != null && endpoint.tellsId()) {
      answer.set("id", id);
    }
    try {
      endpoint.check(isRpc, request);
      if (request == null || id == null) {
        return Answer.nothing();
      }
      answer.set("id", id);
      String method = request.path("method").asString("");
      answer.set("result", endpoint.call(method, request.path("params")));
    } catch (EchoException e) {
      answer.putObject("error").put("code", e.code()).put("message", e.getMessage());
    }
    byte[] body = Json.ascii(answer).getBytes(StandardCharsets.US_ASCII);
    return Answer.of("application/json", body);
  }

  private static @Nullable ObjectNode object(byte[] body) {
    try {
      return Json.readObject(body);
    } catch (JsonLineException e) {
      return null; // each endpoint has words of its own for that
    }
  }
}
