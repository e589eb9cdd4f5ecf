package dev.penstock.gateway.rpc;

import dev.penstock.gateway.json.Json;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code submit}, {@code status}, {@code result} and {@code cancel}. Thread-safe. */
final class TaskMethods {
  private static final double LONGEST_S = 300;

  private final Tasks tasks;

  /** Makes the work of a method. */
  @FunctionalInterface
  interface Works {
    /**
     * The work of a call.
     *
     * @throws RpcException if the method is none that runs in the worker
     */
    Work of(String method, Params params) throws RpcException;
  }

  private final Works works;

  TaskMethods(Tasks tasks, Works works) {
    this.tasks = tasks;
    this.works = works;
  }

  /** Has {@code method} called with {@code params}; the result is the task's id. */
  Outcome submit(Params params) throws RpcException {
    ObjectNode named = params.named(List.of("method", "params"));
    String method = Json.text(named, "method");
    if (method == null) {
      throw new RpcException(RpcError.invalidParams("method must be a string"));
    }
    JsonNode wanted = named.get("params");
    if (wanted != null && !wanted.isArray() && !wanted.isObject()) {
      throw new RpcException(RpcError.invalidParams("params must be an array or an object"));
    }
    Task task = tasks.submit(method, works.of(method, Params.of(wanted)));
    return Outcome.result(Json.string(task.id()));
  }

  /** How far the task {@code id} is; waits for its end, at most {@code wait_s}. */
  Outcome status(Params params) throws RpcException, InterruptedException {
    return Outcome.result(awaited(params).toJson());
  }

  /** What came of the task {@code id}, as if it had been called; waits as {@link #status}. */
  Outcome result(Params params) throws RpcException, InterruptedException {
    Task task = awaited(params);
    Outcome outcome = task.outcome();
    return outcome == null ? new Outcome.Failure(RpcError.notDone(task.state())) : outcome;
  }

  /** Cancels the task {@code id}; the result is how far it is. */
  Outcome cancel(Params params) throws RpcException, InterruptedException {
    Task task = task(params.named(List.of("id")));
    tasks.cancel(task);
    return Outcome.result(task.toJson());
  }

  private Task awaited(Params params) throws RpcException, InterruptedException {
    ObjectNode named = params.named(List.of("id", "wait_s"));
    Task task = task(named);
    task.await(patience(named.path("wait_s")));
    return task;
  }

  private Task task(ObjectNode named) throws RpcException {
    String id = Json.text(named, "id");
    if (id == null) {
      throw new RpcException(RpcError.invalidParams("id must be a string"));
    }
    return tasks.find(id);
  }

  private static Duration patience(JsonNode seconds) throws RpcException {
    if (seconds.isMissingNode() || seconds.isNull()) {
      return Duration.ZERO;
    }
    double number = seconds.isNumber() ? seconds.doubleValue() : -1;
    if (!(number >= 0 && number <= LONGEST_S)) {
      throw new RpcException(
          RpcError.invalidParams("wait_s must be a number of seconds from 0 to 300"));
    }
    return Duration.ofNanos((long) (number * 1e9));
  }
}
