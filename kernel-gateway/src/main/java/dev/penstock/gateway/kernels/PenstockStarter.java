package dev.penstock.gateway.kernels;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.start.KernelStarter;
import dev.penstock.gateway.start.StartException;
import dev.penstock.gateway.start.StartRequest;
import dev.penstock.gateway.start.Started;
import tools.jackson.databind.node.ObjectNode;

/** Starts kernels that are this gateway's own sessions. Thread-safe. */
public final class PenstockStarter implements LifeStarter {
  private final KernelStarter starter;
  private final StartRecipes recipes;

  /** Starts sessions by the recipes of their kernelspecs. */
  public PenstockStarter(KernelStarter starter, StartRecipes recipes) {
    this.starter = starter;
    this.recipes = recipes;
  }

  @Override
  public Life start(LifeOrder order, OutputLog log) throws KernelException {
    ObjectNode request = recipes.request(order);
    request.put("name", order.spec().name()).put("sockets", false);
    request.put("cwd", order.cwd().toString());
    ObjectNode env = Json.object();
    order.env().forEach(env::put);
    request.set("env", env);
    try {
      StartRequest start = StartRequest.parse(request);
      Started started = starter.start(start, log);
      return new PenstockLife(started.session(), starter.doors(start));
    } catch (StartException e) {
      String hint = e.hint().isEmpty() ? "" : " (" + e.hint() + ")";
      throw new KernelException(KernelException.Reason.FAILED, e.getMessage() + hint);
    }
  }
}
