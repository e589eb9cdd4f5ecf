package dev.penstock.gateway.rpc.examples;

import dev.penstock.gateway.json.Json;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /json_celery_class}: the methods begin a job, which is done after five seconds; {@code
 * get_result} tells of it. Of many jobs the oldest are forgotten: they are pending, as all that
 * nobody knows.
 */
final class JobView extends MethodView {
  static final Duration COUNTDOWN = Duration.ofSeconds(5);
  static final int MOST = 1000;
  private static final String GET_RESULT = "get_result";

  private final Clock clock;

  /** By id, the oldest first. */
  private final Map<String, Job> jobs =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Job> eldest) {
          return size() > MOST;
        }
      };

  /** What to do with a value, and when. */
  private record Job(Echo echo, JsonNode value, Instant due) {}

  JobView(Clock clock) {
    this.clock = clock;
  }

  @Override
  boolean has(String method) {
    return method.equalsIgnoreCase(GET_RESULT) || super.has(method);
  }

  @Override
  JsonNode answer(String method, JsonNode params) throws EchoException {
    if (method.equalsIgnoreCase(GET_RESULT)) {
      return result(params);
    }
    if (!params.isArray()) {
      throw invalid(PARAMS, "parameters is required as a list or dictionary");
    }
    String id = UUID.randomUUID().toString();
    Echo echo = Echo.named(method).orElseThrow();
    synchronized (jobs) {
      jobs.put(id, new Job(echo, params.get(0), clock.instant().plus(COUNTDOWN)));
    }
    return Json.object().put("task_id", id);
  }

  private ObjectNode result(JsonNode params) throws EchoException {
    if (!params.isObject()) {
      throw invalid(PARAMS, "for get_result, parameters is required to be a dictionary");
    }
    String id = Json.text(params, "task_id");
    if (id == null) {
      throw invalid(PARAMS, "for get_result, task_id is required");
    }
    Job job;
    synchronized (jobs) {
      job = jobs.get(id);
    }
    ObjectNode result = Json.object().put("task_id", id);
    if (job == null || clock.instant().isBefore(job.due)) {
      return result.put("state", "PENDING");
    }
    if (!job.echo.takes(job.value)) {
      throw new EchoException(PARAMS, "Internal JSON-RPC Error");
    }
    result.put("state", "SUCCESS").set("echo", job.echo.of(job.value));
    return result;
  }
}
