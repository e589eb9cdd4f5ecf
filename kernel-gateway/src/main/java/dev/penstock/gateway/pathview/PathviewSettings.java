package dev.penstock.gateway.pathview;

import dev.penstock.gateway.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How PathView's API is served.
 *
 * @param env environment of the sessions
 * @param python interpreter of the environment that packages are installed into
 * @param site directory of the page; null to serve the API only
 * @param limit how long code, a value or a step of a stream may take
 * @param installLimit how long one package may take
 * @param ttl how long a session may be unused
 * @param alone whether nothing else is served: whoever is let in without a token gets no more
 */
public record PathviewSettings(
    Map<String, String> env,
    String python,
    @Nullable Path site,
    Duration limit,
    Duration installLimit,
    Duration ttl,
    boolean alone) {

  /** What the field {@code pathview} of a server's settings says; null if it is not served. */
  public static @Nullable PathviewSettings of(JsonNode settings) {
    ObjectNode json = Json.child(settings, "pathview");
    String site = Json.text(json, "site");
    Map<String, String> env = new LinkedHashMap<>();
    Json.child(json, "env")
        .properties()
        .forEach(e -> env.put(e.getKey(), e.getValue().asString("")));
    return json.isEmpty()
        ? null
        : new PathviewSettings(
            env,
            json.path("python").asString(""),
            site == null || site.isEmpty() ? null : Path.of(site),
            Duration.ofSeconds(json.path("exec_timeout").asLong(1)),
            Duration.ofSeconds(json.path("init_timeout").asLong(1)),
            Duration.ofSeconds(json.path("session_ttl").asLong(1)),
            json.path("alone").asBoolean(true));
  }
}
