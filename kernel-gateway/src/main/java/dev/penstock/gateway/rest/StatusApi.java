package dev.penstock.gateway.rest;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.LastCall;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.Kernels;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the server tells of itself (REST-01, REST-17, REST-18), and whether it is well. */
final class StatusApi {
  /** The jupyter_server whose API this is: front ends look at the version. */
  private static final String API_VERSION = "2.18.0";

  private final Kernels kernels;
  private final LastCall lastCall;
  private final boolean openVersion;
  private final Instant started = Instant.now();

  /**
   * The API.
   *
   * @param openVersion whether the version is told to everybody, as by jupyter_server
   */
  StatusApi(Kernels kernels, LastCall lastCall, boolean openVersion) {
    this.lastCall = lastCall;
    this.kernels = kernels;
    this.openVersion = openVersion;
  }

  void addTo(Routes routes) {
    if (openVersion) {
      routes.addOpen("GET", "/api", _ -> version());
    } else {
      routes.add("GET", "/api", _ -> version());
    }
    routes
        .add("GET", "/api/status", _ -> Answer.ok(status()))
        .add("GET", "/api/me", call -> Answer.ok(me(call)));
  }

  private static Answer version() {
    return Answer.ok(Json.object().put("version", API_VERSION));
  }

  private ObjectNode status() {
    List<Kernel> all = kernels.all();
    return Json.object()
        .put("started", Times.text(started))
        .put(
            "last_activity",
            Times.text(Collections.max(List.of(lastCall.at(), kernels.lastActivity()))))
        .put("kernels", all.size())
        .put("connections", all.stream().mapToInt(kernel -> kernel.view().connections()).sum());
  }

  /** Of the actions asked for those that are allowed, by resource: whoever is let in may do all. */
  private static ObjectNode permissions(@Nullable String asked) throws HttpException {
    if (asked == null || asked.isEmpty()) {
      return Json.object();
    }
    try {
      ObjectNode permissions = Json.readObject(asked.getBytes(StandardCharsets.UTF_8));
      for (JsonNode actions : permissions) {
        if (!actions.isArray() || !actions.valueStream().allMatch(JsonNode::isString)) {
          throw noPermissions();
        }
      }
      return permissions;
    } catch (JsonLineException e) {
      // What the parser says is of its own insides.
      throw noPermissions();
    }
  }

  private static HttpException noPermissions() {
    return new HttpException(
        400, "permissions should be a JSON dict of {\"resource\": [\"action\",]}");
  }

  private static ObjectNode me(Call call) throws HttpException {
    ObjectNode me = Json.object();
    String user = System.getProperty("user.name", "user");
    me.putObject("identity")
        .put("username", user)
        .put("name", user)
        .put("display_name", user)
        .put("initials", user.substring(0, 1).toUpperCase(Locale.ROOT))
        .putNull("avatar_url")
        .putNull("color");
    me.set("permissions", permissions(call.query("permissions")));
    return me;
  }
}
