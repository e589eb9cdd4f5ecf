package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Routes;

/** All paths below {@code /api/v1/sessions} (docs/api-v1.md). */
public final class V1Api {
  private V1Api() {}

  /** Adds them. */
  public static void addTo(Routes routes, Parts parts) {
    ExecutionsApi executions = new ExecutionsApi(parts);
    new SessionsApi(parts).addTo(routes);
    executions.addTo(routes);
    new SteeringApi(parts).addTo(routes);
    new IntrospectionApi(parts).addTo(routes);
    new FilesApi(parts).addTo(routes);
    new VariablesApi(parts).addTo(routes);
    new StreamsApi(parts, executions).addTo(routes);
  }
}
