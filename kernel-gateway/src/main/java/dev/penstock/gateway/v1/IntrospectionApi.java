package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.Fields;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** {@code …/complete} and {@code …/inspect}: contents of Jupyter's replies. Thread-safe. */
final class IntrospectionApi {
  private final Parts parts;

  IntrospectionApi(Parts parts) {
    this.parts = parts;
  }

  void addTo(Routes routes) {
    routes
        .add("POST", SessionsApi.ONE + "/complete", call -> ask(call, "complete_request"))
        .add("POST", SessionsApi.ONE + "/inspect", call -> ask(call, "inspect_request"));
  }

  private Answer ask(Call call, String msgType)
      throws HttpException, IOException, InterruptedException {
    parts.check(msgType);
    SessionClient client = parts.clients().find(parts.factory().kernels(), call);
    ObjectNode body = call.someJson();
    String code = Fields.text(body, "code");
    Long position = Fields.count(body, "cursor_pos");
    Long detail = Fields.count(body, "detail_level");
    if (detail != null && detail > 1) {
      throw new HttpException(400, "detail_level must be 0 or 1");
    }
    long length = code.codePointCount(0, code.length());
    if (position != null && position > length) {
      throw new HttpException(400, "cursor_pos must not be behind the code's end");
    }
    ObjectNode content =
        Json.object().put("code", code).put("cursor_pos", position == null ? length : position);
    if (msgType.equals("inspect_request")) {
      content.put("detail_level", detail == null ? 0 : detail);
    }
    OutputEntry reply = Asking.ask(call, client, Channel.SHELL, msgType, content);
    return Answer.of("application/json", parts.tracebacks().of(reply).content())
        .with("Cache-Control", "no-store");
  }
}
