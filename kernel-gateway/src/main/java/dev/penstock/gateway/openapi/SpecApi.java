package dev.penstock.gateway.openapi;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI 3.1 document, where kernel_gateway and jupyter_server have theirs (REST-19), and at
 * {@code /api/spec}. It holds exactly what this server answers: of the written document what the
 * server has, and an entry of its own for each route that is not described. Thread-safe.
 */
public final class SpecApi {
  private static final String DOCUMENT = "openapi.json";

  /** Of what only some servers answer; its paths go into the document of those. */
  private static final String SOMETIMES = "pathview.json";

  private final String base;
  private final Routes routes;

  /**
   * The document of these routes.
   *
   * @param base the server's base path, with a slash at both ends
   */
  public SpecApi(String base, Routes routes) {
    this.base = base;
    this.routes = routes;
  }

  /** Adds the paths. */
  public void addTo() {
    routes
        .add("GET", "/api/spec", _ -> answer("application/json"))
        .add("GET", "/api/swagger.json", _ -> answer("application/json"))
        // Every JSON document is one in YAML.
        .add("GET", "/api/swagger.yaml", _ -> answer("text/x-yaml"))
        .add("GET", "/api/spec.yaml", _ -> answer("text/x-yaml"));
  }

  private Answer answer(String mediaType) throws HttpException {
    return Answer.of(mediaType, Json.bytes(document()));
  }

  private ObjectNode document() throws HttpException {
    ObjectNode written = read(DOCUMENT);
    ObjectNode described = Json.child(written, "paths");
    ObjectNode sometimes = Json.child(read(SOMETIMES), "paths");
    ObjectNode paths = Json.object();
    routes.forEach((method, path) -> {
      String verb = method.toLowerCase(Locale.ROOT);
      ObjectNode known = Json.child(described.has(path) ? described : sometimes, path);
      ObjectNode entry = paths.withObjectProperty(path);
      if (known.has("parameters")) {
        entry.set("parameters", known.get("parameters"));
      }
      entry.set(verb, known.has(verb) ? known.get(verb) : undescribed());
    });
    written.set("paths", paths);
    written.putArray("servers").addObject().put("url", base);
    return written;
  }

  private static ObjectNode undescribed() {
    ObjectNode operation = Json.object().put("summary", "Not described");
    operation.putObject("responses").putObject("default").put("description", "Not described");
    return operation;
  }

  private static ObjectNode read(String document) throws HttpException {
    try (InputStream in = SpecApi.class.getResourceAsStream(document)) {
      if (in == null) {
        throw new HttpException(404, "Not Found: this gateway was built without " + document);
      }
      return Json.readObject(in.readAllBytes());
    } catch (IOException e) {
      throw new HttpException(500, "the gateway's jar cannot be read: " + e.getMessage());
    }
  }
}
