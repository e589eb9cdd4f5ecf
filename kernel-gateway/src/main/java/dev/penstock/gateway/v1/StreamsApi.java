package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.Fields;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.http.WaitTime;
import dev.penstock.gateway.json.Json;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code …/streams}: an expression evaluated again and again (docs/verbs.md). Thread-safe. */
final class StreamsApi {
  private static final String ALL = SessionsApi.ONE + "/streams";
  private static final String ONE = ALL + "/{stream}";

  private final Parts parts;
  private final ExecutionsApi executions;

  /**
   * The API.
   *
   * @param executions tells what streams say
   */
  StreamsApi(Parts parts, ExecutionsApi executions) {
    this.parts = parts;
    this.executions = executions;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", ALL, this::list)
        .add("POST", ALL, this::start)
        .add("GET", ONE, call -> answer(200, call))
        .add("GET", ONE + "/data", call -> executions.outputs(call, client(call), find(call)))
        .add("POST", ONE + "/exec", this::execute)
        .add("POST", ONE + "/stop", this::stop);
  }

  private SessionClient client(Call call) throws HttpException {
    return parts.clients().find(parts.factory().kernels(), call);
  }

  private Run find(Call call) throws HttpException {
    Run run = client(call).find(call.part("stream"));
    if (run.order().verb() != Verb.STREAM) {
      throw new HttpException(404, "This is no stream");
    }
    return run;
  }

  private Answer answer(int status, Call call) throws HttpException {
    return answer(status, client(call), find(call));
  }

  private Answer answer(int status, SessionClient client, Run run) {
    return new Answer(
        status,
        Map.of("Content-Type", "application/json", "Cache-Control", "no-store"),
        new RunModel(client.kernel(), parts.tracebacks()).whole(run),
        null);
  }

  private Answer list(Call call) throws HttpException {
    SessionClient client = client(call);
    RunModel model = new RunModel(client.kernel(), parts.tracebacks());
    ArrayNode all = Json.array();
    for (Run run : client.runs().list()) {
      if (run.order().verb() == Verb.STREAM) {
        all.add(model.summary(run.view()));
      }
    }
    return Answer.ok(all).with("Cache-Control", "no-store");
  }

  private Answer start(Call call) throws HttpException, IOException {
    SessionClient client = client(call);
    Order order = Order.stream(call.someJson());
    parts.check(order.verb().msgType());
    Runs.Started started = client.start(order, ExecutionsApi.key(call));
    String location =
        "%sapi/v1/sessions/%s/streams/%s"
            .formatted(parts.base(), client.kernel().id(), started.run().id());
    return answer(started.isNew() ? 201 : 200, client, started.run()).with("Location", location);
  }

  private Answer execute(Call call) throws HttpException, IOException, InterruptedException {
    SessionClient client = client(call);
    Run run = find(call);
    String code = Fields.text(call.someJson(), "code");
    tell(call, client, run, "penstock_stream_exec_request", Json.object().put("code", code));
    return Answer.nothing();
  }

  private Answer stop(Call call) throws HttpException, IOException, InterruptedException {
    SessionClient client = client(call);
    Run run = find(call);
    byte[] _ = call.body(); // before it can be told whether the client is there
    if (!run.over().isDone()) {
      tell(call, client, run, "penstock_stream_stop_request", Json.object());
    }
    boolean over = Waits.until(run.over(), WaitTime.ofQuery(call), call, () -> {});
    return answer(over ? 200 : 202, client, run);
  }

  /**
   * Says something to the stream, past whatever runs: {@code wait_s} is about what follows, not
   * about the stream's word that it has heard this.
   */
  private void tell(Call call, SessionClient client, Run run, String msgType, ObjectNode content)
      throws HttpException, InterruptedException {
    parts.check(msgType);
    content.put("stream", run.id());
    ObjectNode reply =
        Told.content(Asking.ask(call, client, Channel.CONTROL, msgType, content, Asking.PATIENCE));
    if (!"ok".equals(Json.text(reply, "status"))) {
      throw new HttpException(
          409, Objects.requireNonNullElse(Json.text(reply, "evalue"), "the stream has ended"));
    }
  }
}
