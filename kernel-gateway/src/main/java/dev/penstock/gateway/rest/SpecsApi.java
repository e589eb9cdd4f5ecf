package dev.penstock.gateway.rest;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.specs.KernelSpec;
import dev.penstock.gateway.specs.KernelSpecs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** {@code /api/kernelspecs} and their resources (REST-09 to REST-11). */
final class SpecsApi {
  private static final Map<String, String> TYPES =
      Map.of(
          "png", "image/png",
          "svg", "image/svg+xml",
          "js", "text/javascript",
          "css", "text/css",
          "json", "application/json");

  private final KernelSpecs specs;

  SpecsApi(KernelSpecs specs) {
    this.specs = specs;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", "/api/kernelspecs", _ -> Answer.ok(specs.all()))
        .add("GET", "/api/kernelspecs/{name}", this::one)
        .add("GET", "/kernelspecs/{name}/{file*}", this::resource);
  }

  private Answer one(Call call) throws HttpException {
    String name = call.part("name");
    Optional<KernelSpec> spec = specs.find(name);
    return Answer.ok(
        specs.model(
            spec.orElseThrow(() -> new HttpException(404, "Kernel spec " + name + " not found"))));
  }

  private Answer resource(Call call) throws HttpException, IOException {
    String file = call.part("file");
    Path path =
        specs
            .resource(call.part("name"), file)
            .orElseThrow(() -> new HttpException(404, "There is no " + file));
    byte[] content = Files.readAllBytes(path);
    String ending = file.substring(file.lastIndexOf('.') + 1);
    String etag = "\"%s-%s\"".formatted(Files.getLastModifiedTime(path).toMillis(), content.length);
    Answer answer =
        Answer.of(TYPES.getOrDefault(ending, "application/octet-stream"), content)
            .with("ETag", etag);
    if (ending.equals("png")) {
      answer = answer.with("Cache-Control", "max-age=2592000");
    }
    if (etag.equals(call.header("If-None-Match"))) {
      return new Answer(304, answer.headers(), new byte[0], null);
    }
    return answer;
  }
}
