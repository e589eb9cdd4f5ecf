package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.Fields;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.rest.KernelModels;
import java.io.IOException;

/** What is said to one execution: input, interrupt, cancel. Thread-safe. */
final class SteeringApi {
  private final Parts parts;

  SteeringApi(Parts parts) {
    this.parts = parts;
  }

  void addTo(Routes routes) {
    routes
        .add("POST", ExecutionsApi.ONE + "/stdin", this::input)
        .add("POST", ExecutionsApi.ONE + "/interrupt", this::interrupt)
        .add("POST", ExecutionsApi.ONE + "/cancel", this::cancel);
  }

  private SessionClient client(Call call) throws HttpException {
    return parts.clients().find(parts.factory().kernels(), call);
  }

  private Answer input(Call call) throws HttpException, IOException {
    SessionClient client = client(call);
    Run run = client.find(call.part("execution"));
    parts.check("input_reply");
    String value = Fields.text(call.someJson(), "value");
    Question question = run.takeQuestion();
    if (question == null) {
      throw new HttpException(409, "It does not ask for input now");
    }
    client.answer(question, value);
    return Answer.nothing();
  }

  private Answer interrupt(Call call) throws HttpException, InterruptedException {
    SessionClient client = client(call);
    RunState state = client.find(call.part("execution")).view().state();
    if (state == RunState.WAITING || state.isOver()) {
      throw new HttpException(409, "It does not run: it is " + state.word());
    }
    KernelModels.interrupt(client.kernel());
    return Answer.nothing();
  }

  private Answer cancel(Call call) throws HttpException, IOException, InterruptedException {
    SessionClient client = client(call);
    Run run = client.find(call.part("execution"));
    boolean _ = Waits.until(client.cancel(run), Asking.PATIENCE, call, () -> {});
    return Answer.json(
            run.over().isDone() ? 200 : 202,
            new RunModel(client.kernel(), parts.tracebacks()).summary(run.view()))
        .with("Cache-Control", "no-store");
  }
}
