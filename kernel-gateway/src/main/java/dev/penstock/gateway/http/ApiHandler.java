package dev.penstock.gateway.http;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * All calls: who may, which endpoint answers, and how errors look ({@code {"reason", "message"}}).
 * Thread-safe.
 */
public final class ApiHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);

  private final String base;
  private final Routes routes;
  private final Gate gate;
  private final Upgrades upgrades;
  private final HttpLimits limits;
  private final LastCall lastCall;

  /** WebSockets, which are not answered but upgraded. */
  @FunctionalInterface
  public interface Upgrades {
    /**
     * Upgrades this call, or says false if it is no WebSocket's.
     *
     * @throws HttpException before the upgrade, if there is nothing to connect to
     */
    boolean upgrade(String path, Request request, Response response, Callback callback)
        throws HttpException;
  }

  /**
   * A handler.
   *
   * @param base path before all others, with a slash at its end
   */
  public ApiHandler(
      String base,
      Routes routes,
      Gate gate,
      Upgrades upgrades,
      HttpLimits limits,
      LastCall lastCall) {
    this.lastCall = lastCall;
    this.base = base;
    this.routes = routes;
    this.gate = gate;
    this.upgrades = upgrades;
    this.limits = limits;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.SERVER, "Penstock");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    try {
      gate.peers().check(request);
      gate.hosts().check(request);
      gate.origins().tell(request, response);
      String path = path(request);
      if (request.getMethod().equals("OPTIONS")) {
        options(path, request, response, callback);
      } else if (!upgrade(path, request, response, callback)) {
        send(request, response, callback, answer(path, request));
      }
    } catch (HttpException e) {
      send(request, response, callback, error(e.status(), e));
    } catch (IOException e) {
      // The client went away while it was sending.
      callback.failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
    } catch (RuntimeException e) {
      // A fault of ours: the client is told, the log has the stack, the next call is served.
      LOG.atError().addKeyValue("method", request.getMethod()).setCause(e).log("call failed");
      send(request, response, callback, error(500, new HttpException(500, "Unhandled error")));
    }
    return true;
  }

  /** The path below the base, beginning with a slash. */
  private String path(Request request) throws HttpException {
    String path = Request.getPathInContext(request);
    String raw = request.getHttpURI().getPath();
    String whole = raw == null ? path : raw;
    if (whole.startsWith(base)) {
      return whole.substring(base.length() - 1);
    }
    throw new HttpException(404, "Not Found: this server is at " + base);
  }

  private void options(String path, Request request, Response response, Callback callback)
      throws HttpException, IOException, InterruptedException {
    Routes.Found own = routes.find("OPTIONS", path);
    if (own != null) {
      Call call = new Call(request, own.parts(), limits);
      send(request, response, callback, own.route().endpoint().answer(call));
      return;
    }
    Set<String> methods = routes.methods(path);
    methods.add("OPTIONS");
    response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", methods));
    response.setStatus(methods.size() > 1 ? gate.origins().preflight() : HttpStatus.NOT_FOUND_404);
    callback.succeeded();
  }

  private boolean upgrade(String path, Request request, Response response, Callback callback)
      throws HttpException {
    if (!"websocket".equalsIgnoreCase(request.getHeaders().get(HttpHeader.UPGRADE))) {
      return false;
    }
    gate.check(request, false);
    return upgrades.upgrade(path, request, response, callback);
  }

  private Answer answer(String path, Request request)
      throws HttpException, IOException, InterruptedException {
    Routes.Found found = routes.find(request.getMethod(), path);
    gate.check(request, found != null && found.route().open());
    if (found == null) {
      Set<String> methods = routes.methods(path);
      if (methods.isEmpty()) {
        throw new HttpException(404, "Not Found");
      }
      throw HttpException.notAllowed(methods);
    }
    Call call = new Call(request, found.parts(), limits);
    lastCall.note(found.route(), call);
    return found.route().endpoint().answer(call);
  }

  private static Answer error(int status, HttpException e) {
    ObjectNode body = Json.object();
    body.put("message", e.getMessage());
    body.put("reason", e.reason() == null ? HttpStatus.getMessage(status) : e.reason());
    if (status == HttpStatus.INTERNAL_SERVER_ERROR_500) {
      body.put("traceback", ""); // jupyter_server's is always there and empty: clients show it
    }
    e.more().forEach(body::put);
    Answer answer = Answer.json(status, body);
    for (Map.Entry<String, String> header : e.headers().entrySet()) {
      answer = answer.with(header.getKey(), header.getValue());
    }
    return answer;
  }

  private void send(Request request, Response response, Callback callback, Answer answer) {
    response.setStatus(answer.status());
    answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    if (gate.access().isInQuery(request)) {
      response
          .getHeaders()
          .add(HttpHeader.SET_COOKIE, gate.access().cookie(base, request.isSecure()));
    }
    Answer.Stream stream = answer.stream();
    boolean head = request.getMethod().equals("HEAD");
    if (stream != null) {
      stream(response, callback, head ? out -> headOf(stream, out) : stream);
      return;
    }
    if (answer.status() != HttpStatus.NO_CONTENT_204) {
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length);
    }
    boolean empty = head || answer.body().length == 0;
    response.write(true, empty ? ByteBuffer.allocate(0) : ByteBuffer.wrap(answer.body()), callback);
  }

  private static void headOf(Answer.Stream stream, OutputStream out) throws IOException {
    stream.skip();
    out.flush();
  }

  private static void stream(Response response, Callback callback, Answer.Stream stream) {
    try (OutputStream out = Content.Sink.asOutputStream(response)) {
      stream.writeTo(out);
    } catch (IOException e) {
      // The client has seen enough.
      callback.failed(e);
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
      return;
    }
    callback.succeeded();
  }
}
