package dev.penstock.gateway.rest;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.protocol.connection.ConnectionFiles;
import dev.penstock.protocol.connection.ConnectionInfo;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/kernels} (REST-02 to REST-07). */
final class KernelsApi {

  private final String base;
  private final KernelFactory factory;
  private final boolean listed;
  private final boolean direct;

  /**
   * The API.
   *
   * @param base the server's base path
   * @param listed whether kernels may be listed: kernel_gateway says no unless asked to
   * @param direct whether clients may ask for a kernel's ZeroMQ sockets
   */
  KernelsApi(String base, KernelFactory factory, boolean listed, boolean direct) {
    this.direct = direct;
    this.base = base;
    this.factory = factory;
    this.listed = listed;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", "/api/kernels", _ -> list())
        .add("POST", "/api/kernels", this::create)
        .add("GET", "/api/kernels/{id}", call -> Answer.ok(KernelModels.model(find(call))))
        .add("DELETE", "/api/kernels/{id}", this::delete)
        .add("POST", "/api/kernels/{id}/interrupt", this::interrupt)
        .add("POST", "/api/kernels/{id}/restart", this::restart)
        .add("GET", "/api/kernels/{id}/channels", this::notUpgraded)
        .add("GET", "/api/penstock/kernels/{id}/connection", this::connection);
  }

  private Answer list() throws HttpException {
    if (!listed) {
      throw new HttpException(403, "Forbidden");
    }
    ArrayNode all = Json.array();
    factory.kernels().all().forEach(kernel -> all.add(KernelModels.model(kernel)));
    return Answer.ok(all);
  }

  private Answer create(Call call) throws HttpException, IOException {
    ObjectNode wanted = call.json();
    try {
      Kernel kernel = factory.start(call, Json.text(wanted, "name"), wanted);
      return Answer.created(base + "api/kernels/" + kernel.id(), KernelModels.model(kernel));
    } catch (KernelException e) {
      throw KernelModels.error(e);
    }
  }

  private Kernel find(Call call) throws HttpException {
    return KernelModels.find(factory.kernels(), call);
  }

  private Answer delete(Call call) throws HttpException {
    KernelModels.remove(factory.kernels(), call);
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
      return Answer.ok(KernelModels.model(kernel));
    } catch (KernelException e) {
      throw new HttpException(500, "Exception restarting kernel: " + e.getMessage());
    }
  }

  /** WebSockets are upgraded before the routes are looked at (REST-08). */
  private Answer notUpgraded(Call call) throws HttpException {
    Kernel kernel = find(call);
    throw new HttpException(
        400, "Can \"Upgrade\" only to \"WebSocket\": the channels of " + kernel.id() + " are one");
  }

  /** A connection file: its ZeroMQ sockets are opened for whoever asks. */
  private Answer connection(Call call) throws HttpException, InterruptedException {
    if (!direct) {
      throw new HttpException(
          403,
          "A kernel's own sockets know nothing of --allowed-message-types and"
              + " --no-allow-tracebacks: with these there are only WebSockets");
    }
    try {
      ConnectionInfo connection =
          find(call).connection().get(KernelModels.LIMIT_S, TimeUnit.SECONDS);
      return Answer.of("application/json", ConnectionFiles.toJson(connection));
    } catch (ExecutionException e) {
      throw new HttpException(500, "The kernel has no sockets: " + e.getCause());
    } catch (TimeoutException e) {
      throw new HttpException(
          500, "The kernel opened no sockets within " + KernelModels.LIMIT_S + " s");
    }
  }
}
