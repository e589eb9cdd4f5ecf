package dev.penstock.gateway.rest;

import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.KernelView;
import dev.penstock.gateway.kernels.Kernels;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.node.ObjectNode;

/** Kernels as calls name them, in JSON (REST-30), and their errors in HTTP. */
public final class KernelModels {
  /** How long a kernel may take to be interrupted, or to open its sockets. */
  static final long LIMIT_S = 10;

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

  /** The kernel that the call's path names by its {@code id}. */
  public static Kernel find(Kernels kernels, Call call) throws HttpException {
    try {
      return kernels.find(call.part("id"));
    } catch (KernelException e) {
      throw error(e);
    }
  }

  /** Ends the kernel that the call's path names by its {@code id}. */
  public static void remove(Kernels kernels, Call call) throws HttpException {
    try {
      kernels.remove(call.part("id"), "deleted by a client");
    } catch (KernelException e) {
      throw error(e);
    }
  }

  /** Interrupts what runs now. */
  public static void interrupt(Kernel kernel) throws HttpException, InterruptedException {
    try {
      kernel.interrupt().get(LIMIT_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new HttpException(500, "The kernel cannot be interrupted: " + e.getCause());
    } catch (TimeoutException e) {
      throw new HttpException(
          500, "The kernel took no interrupt within " + LIMIT_S + " s: restart it");
    }
  }

  /** What the error is for the call. */
  public static HttpException error(KernelException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e.reason()) {
      case NOT_FOUND -> new HttpException(404, message);
      case CONFLICT -> new HttpException(409, message);
      case REFUSED -> new HttpException(400, message);
      case LIMIT -> new HttpException(403, message);
      case NO_SPEC, FAILED -> new HttpException(500, message);
    };
  }
}
