package dev.penstock.gateway.rest;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/sessions} (REST-12 to REST-16). */
final class SessionsApi {
  private final String base;
  private final KernelFactory factory;
  private final boolean listed;
  private final boolean alwaysNotebook;
  private final SessionBook book;

  /** Clients that ask at the same time for the session of one document get one. */
  private final Turns<String> turns = new Turns<>();

  /**
   * The API.
   *
   * @param base the server's base path
   * @param book the sessions that there are
   * @param listed whether sessions may be listed
   * @param alwaysNotebook whether every session tells of its notebook, as with kernel_gateway
   */
  SessionsApi(
      String base,
      KernelFactory factory,
      SessionBook book,
      boolean listed,
      boolean alwaysNotebook) {
    this.base = base;
    this.book = book;
    this.factory = factory;
    this.listed = listed;
    this.alwaysNotebook = alwaysNotebook;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", "/api/sessions", _ -> list())
        .add("POST", "/api/sessions", this::create)
        .add("GET", "/api/sessions/{id}", call -> Answer.ok(model(find(call))))
        .add("PATCH", "/api/sessions/{id}", this::change)
        .add("DELETE", "/api/sessions/{id}", this::delete);
  }

  private Answer list() throws HttpException {
    if (!listed) {
      throw new HttpException(403, "Forbidden");
    }
    ArrayNode all = Json.array();
    book.all().forEach(session -> all.add(model(session)));
    return Answer.ok(all);
  }

  private ObjectNode model(NotebookSession session) {
    return session.model(alwaysNotebook);
  }

  private NotebookSession find(Call call) throws HttpException {
    String id = call.part("id");
    return book.find(id)
        .orElseThrow(() -> new HttpException(404, "Session not found: session_id='" + id + "'"));
  }

  private Answer create(Call call) throws HttpException, IOException {
    ObjectNode wanted = call.someJson();
    ObjectNode notebook = Json.child(wanted, "notebook");
    String path = first(Json.text(wanted, "path"), Json.text(notebook, "path"));
    if (path == null) {
      throw new HttpException(400, "Missing field in JSON data: path");
    }
    String type =
        first(Json.text(wanted, "type"), wanted.hasNonNull("notebook") ? "notebook" : null);
    if (type == null) {
      throw new HttpException(400, "Missing field in JSON data: type");
    }
    String name = first(Json.text(wanted, "name"), Json.text(notebook, "name"));
    try (Turns.Turn _ = turns.take(path)) {
      Optional<NotebookSession> existing = book.at(path);
      NotebookSession session =
          existing.isPresent()
              ? existing.get()
              : make(call, path, name == null ? "" : name, type, wanted);
      return Answer.created(base + "api/sessions/" + session.id(), model(session));
    }
  }

  private NotebookSession make(Call call, String path, String name, String type, ObjectNode wanted)
      throws HttpException {
    Kernel kernel = kernel(call, path, wanted);
    NotebookSession session =
        new NotebookSession(UUID.randomUUID().toString(), path, name, type, kernel);
    book.put(session);
    return session;
  }

  /** The kernel that is named by id, or a new one. */
  private Kernel kernel(Call call, String path, ObjectNode wanted) throws HttpException {
    ObjectNode kernel = Json.child(wanted, "kernel");
    try {
      String id = Json.text(kernel, "id");
      if (id != null) {
        return factory.kernels().find(id);
      }
      ObjectNode start = kernel.deepCopy().put("path", path);
      return factory.start(call, Json.text(kernel, "name"), start);
    } catch (KernelException e) {
      if (e.reason() == KernelException.Reason.NO_SPEC) {
        String name = Json.text(kernel, "name");
        throw HttpException.with(
            501,
            "The '%s' kernel is not available. Please pick another suitable kernel instead, or"
                    .formatted(name)
                + " install that kernel.",
            "short_message",
            "%s not found".formatted(name));
      }
      throw KernelModels.error(e);
    }
  }

  private Answer change(Call call) throws HttpException, IOException {
    NotebookSession old = find(call);
    ObjectNode wanted = call.someJson();
    String path =
        first(Json.text(wanted, "path"), Json.text(Json.child(wanted, "notebook"), "path"));
    String name = Json.text(wanted, "name");
    String type = Json.text(wanted, "type");
    ObjectNode kernel = Json.child(wanted, "kernel");
    boolean other =
        Json.text(kernel, "name") != null
            || (Json.text(kernel, "id") != null
                && !old.kernel().id().equals(Json.text(kernel, "id")));
    String newPath = path == null ? old.path() : path;
    Kernel next = other ? replacement(call, newPath, wanted) : old.kernel();
    NotebookSession changed =
        new NotebookSession(
            old.id(),
            newPath,
            name == null ? old.name() : name,
            type == null ? old.type() : type,
            next);
    book.put(changed);
    if (other && !book.isShared(old.kernel(), old.id())) {
      end(old.kernel());
    }
    return Answer.ok(model(changed));
  }

  /** The kernel that a session gets in place of its own. */
  private Kernel replacement(Call call, String path, ObjectNode wanted) throws HttpException {
    try {
      return kernel(call, path, wanted);
    } catch (HttpException e) {
      // 404 would say that the session is not there: jupyter_server's answer is 400.
      throw e.status() == 404 ? new HttpException(400, String.valueOf(e.getMessage())) : e;
    }
  }

  private Answer delete(Call call) throws HttpException {
    NotebookSession session = find(call);
    book.remove(session.id());
    end(session.kernel());
    return Answer.nothing();
  }

  private void end(Kernel kernel) throws HttpException {
    try {
      factory.kernels().remove(kernel.id(), "its session was deleted");
    } catch (KernelException e) {
      if (e.reason() != KernelException.Reason.NOT_FOUND) {
        throw KernelModels.error(e);
      }
      // Gone already: that was what was wanted.
    }
  }

  private static @Nullable String first(@Nullable String left, @Nullable String right) {
    return left != null ? left : right;
  }
}
