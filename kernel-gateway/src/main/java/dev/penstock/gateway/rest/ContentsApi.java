package dev.penstock.gateway.rest;

import dev.penstock.gateway.contents.Contents;
import dev.penstock.gateway.contents.ContentsException;
import dev.penstock.gateway.contents.Query;
import dev.penstock.gateway.contents.Resolved;
import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.Endpoint;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Kernels;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/contents}, {@code /files} and {@code /api/resolvePath} (REST-20). */
final class ContentsApi {
  private static final String CHECKPOINTS = "/api/contents/{path*}/checkpoints";

  private final String base;
  private final Contents contents;
  private final Kernels kernels;

  ContentsApi(String base, Contents contents, Kernels kernels) {
    this.base = base;
    this.contents = contents;
    this.kernels = kernels;
  }

  /** The paths with more words come first: a document may be anywhere below. */
  void addTo(Routes routes) {
    add(routes, "GET", CHECKPOINTS, call -> Answer.ok(contents.checkpoints(path(call))));
    add(
        routes,
        "POST",
        CHECKPOINTS,
        call -> created(path(call) + "/checkpoints", contents.createCheckpoint(path(call))));
    add(
        routes,
        "POST",
        CHECKPOINTS + "/{id}",
        call -> {
          contents.restoreCheckpoint(path(call), call.part("id"));
          return Answer.nothing();
        });
    add(
        routes,
        "DELETE",
        CHECKPOINTS + "/{id}",
        call -> {
          contents.deleteCheckpoint(path(call), call.part("id"));
          return Answer.nothing();
        });
    add(
        routes,
        "POST",
        "/api/contents/{path*}/trust",
        call -> {
          contents.trust(path(call));
          return new Answer(201, Map.of(), new byte[0], null);
        });
    for (String pattern : new String[] {"/api/contents", "/api/contents/{path*}"}) {
      add(routes, "GET", pattern, this::get);
      add(routes, "PUT", pattern, this::save);
      add(routes, "POST", pattern, this::create);
      add(routes, "PATCH", pattern, call -> Answer.ok(contents.rename(path(call), call.json())));
      add(
          routes,
          "DELETE",
          pattern,
          call -> {
            contents.delete(path(call));
            return Answer.nothing();
          });
    }
    add(routes, "GET", "/files/{path*}", this::file);
    add(routes, "GET", "/api/resolvePath", this::resolve);
  }

  /** An endpoint whose errors are those of the contents. */
  @FunctionalInterface
  private interface ContentsEndpoint {
    Answer answer(Call call) throws ContentsException, HttpException, IOException;
  }

  private static void add(Routes routes, String method, String path, ContentsEndpoint endpoint) {
    Endpoint translated =
        call -> {
          try {
            return endpoint.answer(call);
          } catch (ContentsException e) {
            throw new HttpException(e.status(), String.valueOf(e.getMessage()));
          }
        };
    routes.add(method, path, translated);
  }

  private static String path(Call call) {
    return call.part("path");
  }

  private Answer get(Call call) throws ContentsException {
    Query query =
        Query.of(
            call.query("type"), call.query("format"), call.query("content"), call.query("hash"));
    ObjectNode model = contents.get(path(call), query);
    return Answer.ok(model).with("Last-Modified", lastModified(model));
  }

  private static String lastModified(ObjectNode model) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        Instant.parse(model.path("last_modified").asString("1970-01-01T00:00:00Z"))
            .atZone(ZoneOffset.UTC));
  }

  private Answer save(Call call) throws ContentsException, HttpException, IOException {
    Contents.Saved saved = contents.save(path(call), call.json());
    return saved.created() ? located(saved.model()) : Answer.ok(saved.model());
  }

  private Answer create(Call call) throws ContentsException, HttpException, IOException {
    return located(contents.create(path(call), call.json()));
  }

  private Answer located(ObjectNode model) {
    return created(model.path("path").asString(""), model);
  }

  private Answer created(String path, ObjectNode model) {
    return Answer.created(base + "api/contents/" + FileAnswers.quoted(path), model);
  }

  private Answer file(Call call) throws ContentsException {
    return FileAnswers.of(contents.raw(path(call)), "1".equals(call.query("download")));
  }

  private Answer resolve(Call call) throws HttpException {
    String path = call.query("path");
    if (path == null) {
      throw new HttpException(400, "Missing argument path");
    }
    String id = call.query("kernel");
    return Answer.ok(resolved(path, id).json());
  }

  private Resolved resolved(String path, @Nullable String kernel) {
    if (kernel == null || kernel.isEmpty()) {
      return contents.resolve(path, null);
    }
    try {
      return contents.resolve(path, kernels.find(kernel).order().cwd());
    } catch (KernelException e) {
      // The path is still looked for below the root; the answer says that the kernel was not found.
      return contents.resolve(path, null).withoutKernel(kernel);
    }
  }
}
