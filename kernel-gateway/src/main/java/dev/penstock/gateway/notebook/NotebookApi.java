package dev.penstock.gateway.notebook;

import dev.penstock.gateway.contents.Contents;
import dev.penstock.gateway.contents.ContentsException;
import dev.penstock.gateway.contents.RawFile;
import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.seed.CodeRunner;
import dev.penstock.gateway.seed.RunResult;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints of a notebook, and what tells of them. Thread-safe. */
public final class NotebookApi {
  private final SeedNotebook notebook;
  private final Annotations annotations;
  private final KernelPool pool;
  private final boolean guarded;

  /**
   * An API.
   *
   * @param guarded whether calls show a token, which cells are not told
   */
  public NotebookApi(
      SeedNotebook notebook, Annotations annotations, KernelPool pool, boolean guarded) {
    this.notebook = notebook;
    this.annotations = annotations;
    this.pool = pool;
    this.guarded = guarded;
  }

  /**
   * Adds the paths.
   *
   * @param download whether the notebook may be had
   * @param files for {@code /public}; null for none
   * @throws IOException if the notebook has no endpoint, or a wrong one
   */
  public void addTo(Routes routes, boolean download, @Nullable Contents files) throws IOException {
    if (download) {
      routes.add("GET", "/_api/source", _ -> source());
    }
    if (files != null) {
      routes.add("GET", "/public/{path*}", call -> file(files, call.part("path")));
    }
    List<NotebookEndpoint> endpoints = annotations.endpoints();
    if (endpoints.isEmpty()) {
      throw new IOException(
          "the seed notebook has no endpoint: begin cells with a comment like '# GET /hello'");
    }
    for (NotebookEndpoint endpoint : endpoints) {
      routes.add(endpoint.method(), endpoint.template(), call -> answer(endpoint, call));
    }
    routes.add("GET", "/_api/spec/swagger.json", _ -> Answer.ok(annotations.swagger()));
  }

  private Answer source() throws IOException {
    return Answer.of("application/json", Files.readAllBytes(notebook.file()));
  }

  private static Answer file(Contents files, String path) throws HttpException, IOException {
    try (RawFile file = files.raw(path)) {
      byte[] content = Channels.newInputStream(file.channel()).readAllBytes();
      return Answer.of(file.type(), content);
    } catch (ContentsException e) {
      throw new HttpException(e.status(), String.valueOf(e.getMessage()));
    }
  }

  private Answer answer(NotebookEndpoint endpoint, Call call)
      throws HttpException, IOException, InterruptedException {
    String request = Assignment.of(RequestBundle.of(call, guarded), notebook.language());
    Kernel kernel = pool.take();
    try {
      CodeRunner runner =
          new CodeRunner(
              message -> {
                kernel.submit(message);
                return true;
              },
              kernel.log(),
              kernel.gone()::isDone);
      return answer(endpoint, request, runner);
    } finally {
      pool.giveBack(kernel);
    }
  }

  private static Answer answer(NotebookEndpoint endpoint, String request, CodeRunner runner)
      throws InterruptedException {
    RunResult assigned = runner.run(request);
    if (assigned.error() != null) {
      return CellAnswer.of(assigned);
    }
    Answer answer = CellAnswer.of(runner.run(endpoint.source()));
    if (endpoint.response() == null || answer.status() != 200) {
      return answer;
    }
    return CellAnswer.with(answer, runner.run(endpoint.response()));
  }
}
