package dev.penstock.gateway.rest;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;

/** Whether the server is well, for whoever watches over it. It answers once it is ready. */
public final class HealthApi {
  private HealthApi() {}

  /** Adds the paths. */
  public static void addTo(Routes routes) {
    routes
        .addOpen("GET", "/healthz", _ -> Answer.ok(Json.object().put("status", "ok")))
        .addOpen("GET", "/readyz", _ -> Answer.ok(Json.object().put("status", "ok")));
  }
}
