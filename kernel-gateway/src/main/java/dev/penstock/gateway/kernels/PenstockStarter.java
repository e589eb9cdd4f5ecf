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
    try {
      StartRequest start = request(order);
      Started started = starter.start(start, log);
      return new PenstockLife(started.session(), starter.doors(start));
    } catch (StartException e) {
      throw failure(e);
    }
  }

  /**
   * Does ahead what all kernels of this kind need first, so that the next one starts at once.
   *
   * @throws KernelException if none could be started
   */
  public void prepare(LifeOrder order) throws KernelException {
    try {
      starter.prepare(request(order));
    } catch (StartException e) {
      throw failure(e);
    }
  }

  private StartRequest request(LifeOrder order) throws KernelException, StartException {
    ObjectNode request = recipes.request(order);
    request.put("name", order.spec().name()).put("sockets", false);
    request.put("cwd", order.cwd().toString());
    ObjectNode env = Json.object();
    order.env().forEach(env::put);
    request.set("env", env);
    order.limits().addTo(request);
    return StartRequest.parse(request);
  }

  private static KernelException failure(StartException e) {
    String hint = e.hint().isEmpty() ? "" : " (" + e.hint() + ")";
    return new KernelException(
        e.code().equals(StartException.LIMIT)
            ? KernelException.Reason.REFUSED
            : KernelException.Reason.FAILED,
        e.getMessage() + hint);
  }
}
