package dev.penstock.gateway.environments;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is, and lately was, done with environments: one change of each at a time. Changes go on when
 * their clients are gone. Thread-safe.
 */
public final class Jobs implements AutoCloseable {
  /** How many are known after their end. */
  private static final int KEPT = 50;

  /** Processes that answer questions; further calls wait. */
  private static final int AT_A_TIME = 4;

  /** Time in which Python starts and looks at the disk, also on a busy machine. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /** An installer has five seconds to tidy up. */
  private static final Duration END = Duration.ofSeconds(7);

  private static final Map<String, Integer> STATUS =
      Map.of(
          "option", 400,
          "no-such-environment", 404,
          "exists", 409,
          "busy", 409,
          "in-use", 409);

  private final EnvironmentSettings settings;
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final Map<String, Job> running = new HashMap<>();
  private final Set<Job> open = new HashSet<>();
  private final Semaphore questions = new Semaphore(AT_A_TIME);
  private boolean closed;

  /** Nothing is done yet. */
  public Jobs(EnvironmentSettings settings) {
    this.settings = settings;
  }

  /**
   * Begins a change and returns when it is known that it can begin, or that there is nothing to do.
   *
   * @throws HttpException if it cannot
   */
  Job begin(String action, String environment, ObjectNode options)
      throws HttpException, InterruptedException {
    Job job = change(action, environment, options);
    ObjectNode event = job.first(ANSWER);
    if (event.has("error")) {
      forget(job);
      throw failed(event);
    }
    return job;
  }

  /**
   * Does something that takes no time worth telling of; its last event.
   *
   * @throws HttpException if it cannot be done
   */
  ObjectNode now(String action, String environment, ObjectNode options)
      throws HttpException, InterruptedException {
    questions.acquire();
    try {
      ObjectNode event = start(action, environment, options).last(ANSWER);
      if (event.has("error")) {
        throw failed(event);
      }
      return event;
    } finally {
      questions.release();
    }
  }

  /** All jobs of an environment, the latest one last. */
  synchronized List<Job> of(String environment) {
    return jobs.values().stream().filter(job -> job.environment().equals(environment)).toList();
  }

  synchronized Optional<Job> find(String environment, String id) {
    return Optional.ofNullable(jobs.get(id)).filter(job -> job.environment().equals(environment));
  }

  /** Ends what is being done; it is undone. */
  @Override
  public void close() {
    List<Job> ending;
    synchronized (this) {
      closed = true;
      ending = List.copyOf(open);
    }
    ending.forEach(Job::cancel);
    ending.forEach(job -> job.reap(END));
  }

  private synchronized Job change(String action, String environment, ObjectNode options)
      throws HttpException {
    Job other = running.get(environment);
    if (other != null && !other.isOver()) {
      throw HttpException.with(
          409, "Environment " + environment + " is being changed: see its jobs", "code", "busy");
    }
    Job job = start(action, environment, options);
    running.put(environment, job);
    jobs.put(job.id(), job);
    List<Job> over = jobs.values().stream().filter(Job::isOver).toList();
    over.stream().limit(Math.max(0, over.size() - KEPT)).forEach(j -> jobs.remove(j.id()));
    return job;
  }

  private synchronized Job start(String action, String environment, ObjectNode options)
      throws HttpException {
    if (closed) {
      throw new HttpException(503, "The server is shutting down");
    }
    try {
      Job job = Job.start(settings, action, environment, options, this::sweep);
      open.add(job);
      return job;
    } catch (IOException e) {
      // No such interpreter, no more processes.
      throw new HttpException(500, "The server's Python cannot be started: " + e.getMessage());
    }
  }

  private synchronized void sweep() {
    open.removeIf(Job::isOver);
    running.values().removeIf(Job::isOver);
  }

  private synchronized void forget(Job job) {
    jobs.remove(job.id());
  }

  private static HttpException failed(ObjectNode event) {
    ObjectNode error = Json.child(event, "error");
    String code = error.path("code").asString("environment");
    String hint = error.path("hint").asString("");
    String message = error.path("message").asString("") + (hint.isEmpty() ? "" : " (" + hint + ")");
    return HttpException.with(STATUS.getOrDefault(code, 500), message, "code", code);
  }
}
