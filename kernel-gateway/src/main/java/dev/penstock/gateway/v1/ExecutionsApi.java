package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.http.WaitTime;
import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/v1/sessions/{id}/executions}: runs code and tells what came of it. Thread-safe. */
final class ExecutionsApi {
  static final String ALL = SessionsApi.ONE + "/executions";
  static final String ONE = ALL + "/{execution}";
  private static final int LONGEST_KEY = 255;

  private final Parts parts;

  ExecutionsApi(Parts parts) {
    this.parts = parts;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", ALL, this::list)
        .add("POST", ALL, this::start)
        .add("GET", ONE, this::get)
        .add("GET", ONE + "/outputs", this::outputs);
  }

  private SessionClient client(Call call) throws HttpException {
    return parts.clients().find(parts.factory().kernels(), call);
  }

  private RunModel model(SessionClient client) {
    return new RunModel(client.kernel(), parts.tracebacks());
  }

  private Answer list(Call call) throws HttpException {
    SessionClient client = client(call);
    ArrayNode all = Json.array();
    for (Run run : client.runs().list()) {
      if (run.order().verb() != Verb.STREAM) {
        all.add(model(client).summary(run.view()));
      }
    }
    return Answer.ok(all).with("Cache-Control", "no-store");
  }

  private Answer start(Call call) throws HttpException, IOException, InterruptedException {
    SessionClient client = client(call);
    ObjectNode body = call.someJson();
    Order order = Order.execution(body);
    Duration patience = Waits.of(call, body);
    parts.check(order.verb().msgType());
    Run run = client.start(order, key(call)).run();
    String location =
        "%sapi/v1/sessions/%s/executions/%s"
            .formatted(parts.base(), client.kernel().id(), run.id());
    return waited(call, client, run, patience).with("Location", location);
  }

  /** The call's key; null if it is not sent again. */
  static @Nullable String key(Call call) throws HttpException {
    String key = call.header("Idempotency-Key");
    if (key != null && key.length() > LONGEST_KEY) {
      throw new HttpException(
          400, "Idempotency-Key has more than %d letters".formatted(LONGEST_KEY));
    }
    return key;
  }

  private Answer get(Call call) throws HttpException, IOException, InterruptedException {
    SessionClient client = client(call);
    Run run = client.find(call.part("execution"));
    byte[] _ = call.body(); // before it can be told whether the client is there
    return waited(call, client, run, WaitTime.ofQuery(call)).withStatus(200);
  }

  /** 200 with what came of it if it is over by then, else 202 with where it is. */
  private Answer waited(Call call, SessionClient client, Run run, Duration patience)
      throws InterruptedException {
    Runnable left =
        () -> {
          if (Waits.cancels(call)) {
            CompletableFuture<?> _ = client.cancel(run);
          }
        };
    boolean over = Waits.until(run.over(), patience, call, left);
    return new Answer(
        over ? 200 : 202,
        Map.of("Content-Type", "application/json", "Cache-Control", "no-store"),
        model(client).whole(run),
        null);
  }

  private Answer outputs(Call call) throws HttpException, IOException {
    SessionClient client = client(call);
    return outputs(call, client, client.find(call.part("execution")));
  }

  /** What a run says. */
  Answer outputs(Call call, SessionClient client, Run run) throws HttpException, IOException {
    OutputQuery query = OutputQuery.of(call);
    byte[] _ = call.body(); // before it can be told whether the client is there
    if (query.shape().follows() && run.over().isDone() && query.from() > run.view().to()) {
      return Answer.nothing(); // it has everything: a browser then stops coming again
    }
    return Answer.live(
        query.shape().mediaType(),
        out -> {
          RunSink sink =
              query.shape().text()
                  ? new TextOutputs(out, model(client))
                  : new JsonOutputs(query.shape().format(), out, model(client));
          OutputFeed feed =
              new OutputFeed(client.kernel().log(), run, query.from(), sink, call::isClientGone);
          boolean stayed = false;
          try {
            if (query.shape().follows()) {
              stayed = feed.follow();
            } else {
              feed.read(query.patience());
              stayed = true;
            }
          } finally {
            if (!stayed && query.cancels()) {
              CompletableFuture<?> _ = client.cancel(run);
            }
          }
        });
  }
}
