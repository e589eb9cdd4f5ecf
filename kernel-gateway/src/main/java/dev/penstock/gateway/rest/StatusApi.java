package dev.penstock.gateway.rest;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.Kernels;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** What the server tells of itself (REST-01, REST-17, REST-18), and whether it is well. */
final class StatusApi {
  /** The jupyter_server whose API this is: front ends look at the version. */
  private static final String API_VERSION = "2.18.0";

  private final Kernels kernels;
  private final boolean openVersion;
  private final Instant started = Instant.now();

  /**
   * The API.
   *
   * @param openVersion whether the version is told to everybody, as by jupyter_server
   */
  StatusApi(Kernels kernels, boolean openVersion) {
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
        .add("GET", "/api/me", _ -> Answer.ok(me()))
        .addOpen("GET", "/healthz", _ -> Answer.ok(Json.object().put("status", "ok")))
        .addOpen("GET", "/readyz", _ -> Answer.ok(Json.object().put("status", "ok")));
  }

  private static Answer version() {
    return Answer.ok(Json.object().put("version", API_VERSION));
  }

  private ObjectNode status() {
    List<Kernel> all = kernels.all();
    Instant last =
        all.stream()
            .map(kernel -> kernel.view().lastActivity())
            .max(Instant::compareTo)
            .orElse(started);
    return Json.object()
        .put("started", Times.text(started))
        .put("last_activity", Times.text(Collections.max(List.of(started, last))))
        .put("kernels", all.size())
        .put("connections", all.stream().mapToInt(kernel -> kernel.view().connections()).sum());
  }

  private static ObjectNode me() {
    ObjectNode me = Json.object();
    String user = System.getProperty("user.name", "user");
    me.putObject("identity")
        .put("username", user)
        .put("name", user)
        .put("display_name", user)
        .put("initials", user.substring(0, 1).toUpperCase(Locale.ROOT))
        .putNull("avatar_url")
        .putNull("color");
    me.putObject("permissions");
    return me;
  }
}
