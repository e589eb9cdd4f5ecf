package dev.penstock.gateway.v1;

import dev.penstock.gateway.contents.Contents;
import dev.penstock.gateway.contents.ContentsException;
import dev.penstock.gateway.contents.Query;
import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.Endpoint;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.RequestBody;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.rest.FileAnswers;
import dev.penstock.gateway.rest.KernelModels;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** {@code …/files}: files below a session's directory, up and down as they are. Thread-safe. */
final class FilesApi {
  private static final String ALL = SessionsApi.ONE + "/files";
  private static final String ONE = ALL + "/{path*}";

  private final Parts parts;

  FilesApi(Parts parts) {
    this.parts = parts;
  }

  void addTo(Routes routes) {
    add(routes, "GET", ALL, (_, files) -> Answer.ok(files.get("", listing())));
    add(routes, "GET", ONE, FilesApi::get);
    add(routes, "PUT", ONE, this::put);
    add(
        routes,
        "DELETE",
        ONE,
        (call, files) -> {
          files.delete(call.part("path"));
          return Answer.nothing();
        });
  }

  /** An endpoint over the files of the call's session. */
  @FunctionalInterface
  private interface FileEndpoint {
    Answer answer(Call call, Contents files) throws ContentsException, HttpException, IOException;
  }

  private void add(Routes routes, String method, String path, FileEndpoint endpoint) {
    Endpoint translated =
        call -> {
          try {
            return endpoint.answer(call, files(call));
          } catch (ContentsException e) {
            throw new HttpException(e.status(), String.valueOf(e.getMessage()));
          }
        };
    routes.add(method, path, translated);
  }

  private Contents files(Call call) throws HttpException {
    try {
      return Contents.in(
          KernelModels.find(parts.factory().kernels(), call).order().cwd(), parts.files());
    } catch (IOException e) {
      throw new HttpException(404, "The session's directory is not there any more");
    }
  }

  private static Query listing() throws ContentsException {
    return Query.of(null, null, "1", null);
  }

  private static Answer get(Call call, Contents files) throws ContentsException {
    String path = call.part("path");
    ObjectNode model = files.get(path, Query.MODEL);
    return "directory".equals(Json.text(model, "type"))
        ? Answer.ok(files.get(path, listing()))
        : FileAnswers.of(files.raw(path), "1".equals(call.query("download")));
  }

  private Answer put(Call call, Contents files)
      throws ContentsException, HttpException, IOException {
    String path = call.part("path");
    if (!write(call.stream(), path, files)) {
      return Answer.ok(files.get(path, Query.MODEL));
    }
    String location =
        "%sapi/v1/sessions/%s/files/%s"
            .formatted(parts.base(), call.part("id"), FileAnswers.quoted(path));
    return Answer.created(location, files.get(path, Query.MODEL));
  }

  private static boolean write(RequestBody body, String path, Contents files)
      throws ContentsException, HttpException, IOException {
    try (body) {
      return files.write(path, body);
    } catch (ContentsException e) {
      body.check();
      throw e;
    }
  }
}
