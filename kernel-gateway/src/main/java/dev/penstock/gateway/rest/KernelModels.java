package dev.penstock.gateway.rest;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.KernelView;
import tools.jackson.databind.node.ObjectNode;

/** Kernels in JSON (REST-30), and their errors in HTTP. */
final class KernelModels {
  private KernelModels() {}

  static ObjectNode model(Kernel kernel) {
    KernelView view = kernel.view();
    ObjectNode model =
        Json.object()
            .put("id", view.id())
            .put("name", view.name())
            .put("last_activity", Times.text(view.lastActivity()))
            .put("execution_state", view.executionState())
            .put("connections", view.connections());
    if (view.reason() != null) {
      model.put("reason", view.reason());
    }
    return model;
  }

  static HttpException error(KernelException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e.reason()) {
      case NOT_FOUND -> new HttpException(404, message);
      case CONFLICT -> new HttpException(409, message);
      case LIMIT -> new HttpException(403, message);
      case NO_SPEC, FAILED -> new HttpException(500, message);
    };
  }
}
