package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.KernelView;
import dev.penstock.gateway.kernels.LifeLimits;
import dev.penstock.gateway.rest.KernelModels;
import java.io.IOException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/v1/sessions}: kernels, also those that notebooks started. Thread-safe. */
final class SessionsApi {
  static final String ALL = "/api/v1/sessions";
  static final String ONE = ALL + "/{id}";

  private final Parts parts;

  SessionsApi(Parts parts) {
    this.parts = parts;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", ALL, _ -> list())
        .add("POST", ALL, this::create)
        .add("GET", ONE, call -> answer(find(call)))
        .add("DELETE", ONE, this::delete)
        .add("POST", ONE + "/interrupt", this::interrupt)
        .add("POST", ONE + "/restart", this::restart);
  }

  private Kernel find(Call call) throws HttpException {
    return KernelModels.find(parts.factory().kernels(), call);
  }

  private Answer answer(Kernel kernel) {
    return Answer.ok(model(kernel)).with("Cache-Control", "no-store");
  }

  private ObjectNode model(Kernel kernel) {
    KernelView view = kernel.view();
    LifeLimits limits = kernel.order().limits();
    ObjectNode model =
        Json.object()
            .put("id", view.id())
            .put("name", view.name())
            .put("state", view.executionState())
            .put("reason", view.reason())
            .put("created", kernel.created().toString())
            .put("last_activity", view.lastActivity().toString())
            .put("pid", kernel.pid())
            .put("connections", view.connections())
            .put("cwd", kernel.order().cwd().toString())
            .put("executions", executions(kernel));
    ObjectNode told = model.putObject("limits");
    told.put("memory", limits.memory() == 0 ? null : (Long) limits.memory());
    told.put("cpu_s", limits.cpu() == 0 ? null : (Long) limits.cpu());
    return model;
  }

  private long executions(Kernel kernel) {
    return parts.clients().of(kernel).runs().list().stream()
        .filter(run -> run.order().verb() != Verb.STREAM)
        .count();
  }

  private Answer list() throws HttpException {
    if (!parts.listed()) {
      throw new HttpException(403, "Sessions may not be listed here (--list-kernels)");
    }
    ArrayNode all = Json.array();
    parts.factory().kernels().all().forEach(kernel -> all.add(model(kernel)));
    return Answer.ok(all).with("Cache-Control", "no-store");
  }

  private Answer create(Call call) throws HttpException, IOException, InterruptedException {
    ObjectNode body = call.json();
    SessionOrder order = SessionOrder.of(body, parts.factory().environment(), parts.root());
    if (order.model().has("environment") && parts.factory().isForced()) {
      throw new HttpException(
          400, "environment: every session has the kernel of --force-kernel-name here");
    }
    try {
      Kernel kernel = start(call, body, order);
      return Answer.created(parts.base() + "api/v1/sessions/" + kernel.id(), model(kernel));
    } catch (KernelException e) {
      if (e.reason() == KernelException.Reason.NO_SPEC) {
        throw new HttpException(400, String.valueOf(e.getMessage()));
      }
      throw KernelModels.error(e);
    }
  }

  private Kernel start(Call call, ObjectNode body, SessionOrder order)
      throws HttpException, KernelException, InterruptedException {
    String key = ExecutionsApi.key(call);
    if (key == null) {
      return parts.factory().start(call, order.name(), order.model(), order.limits());
    }
    // Its client may leave: it comes again with its key.
    return parts
        .clients()
        .keys()
        .start(
            key,
            body,
            () -> parts.factory().startAnyway(order.name(), order.model(), order.limits()));
  }

  private Answer delete(Call call) throws HttpException {
    KernelModels.remove(parts.factory().kernels(), call);
    return Answer.nothing();
  }

  private Answer interrupt(Call call) throws HttpException, InterruptedException {
    KernelModels.interrupt(find(call));
    return Answer.nothing();
  }

  private Answer restart(Call call) throws HttpException {
    Kernel kernel = find(call);
    try {
      kernel.restart();
      return answer(kernel);
    } catch (KernelException e) {
      throw new HttpException(500, "The session cannot be restarted: " + e.getMessage());
    }
  }
}
