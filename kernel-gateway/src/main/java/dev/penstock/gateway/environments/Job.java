package dev.penstock.gateway.environments;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that is done with an environment by a process of its own, {@code penstock.envs.job},
 * which ends and undoes what it began when its stdin ends: at the latest with this process.
 * Thread-safe.
 */
final class Job {
  private static final Logger LOG = LoggerFactory.getLogger(Job.class);
  private static final long STACK_BYTES = 128 << 10;

  /** How long Python may take to end when there is nothing more to do. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  /** A folder from which Python imports nothing. */
  private static final File NOWHERE = new File("/");

  private final String id = UUID.randomUUID().toString();
  private final String environment;
  private final String action;
  private final Instant started = Instant.now();
  private final Process process;
  private final JobEvents events = new JobEvents();
  private final CompletableFuture<ObjectNode> first = new CompletableFuture<>();
  private final CompletableFuture<ObjectNode> last = new CompletableFuture<>();
  private volatile boolean cancelled;
  private volatile @Nullable Instant ended;

  private Job(String environment, String action, Process process) {
    this.environment = environment;
    this.action = action;
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param environment name of it; may be one that no environment can have
   * @param options what the client said besides
   * @param onEnd is run once, when the process is gone
   * @throws IOException if there is no process; {@code onEnd} is not run then
   */
  static Job start(
      EnvironmentSettings settings,
      String action,
      String environment,
      ObjectNode options,
      Runnable onEnd)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(settings.command())
            .directory(NOWHERE)
            .redirectError(ProcessBuilder.Redirect.INHERIT); // nothing, or why Python failed
    Map<String, String> env = builder.environment();
    env.clear();
    env.putAll(settings.env());
    Job job = new Job(environment, action, builder.start());
    Runnable reading = () -> job.read(onEnd);
    Thread reader = new Thread(null, reading, "environment-job", STACK_BYTES);
    reader.setDaemon(true);
    reader.start();
    ObjectNode order = Json.object().put("action", action).put("name", environment);
    order.set("options", options);
    job.send(order);
    return job;
  }

  String id() {
    return id;
  }

  String environment() {
    return environment;
  }

  JobEvents events() {
    return events;
  }

  boolean isOver() {
    return last.isDone();
  }

  /** Waits for its first event, by which time it is known whether it can be done at all. */
  ObjectNode first(Duration limit) throws HttpException, InterruptedException {
    return get(first, limit);
  }

  /** Waits for its last event, {@code done} or {@code error}. */
  ObjectNode last(Duration limit) throws HttpException, InterruptedException {
    return get(last, limit);
  }

  /** Ends it before its time; it undoes what it began, and then tells its last event. */
  void cancel() {
    cancelled = true;
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended.
      LOG.atDebug().addKeyValue("job", id).setCause(e).log("job is gone");
    }
  }

  /** Waits for the end of its process, and then ends it the hard way. */
  void reap(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly(); // the installer ends with it
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * {@code {"id", "environment", "action", "state", "started", "ended", "next", "result",
   * "error"}}.
   */
  ObjectNode json() {
    ObjectNode end = last.getNow(null);
    Instant at = ended;
    ObjectNode json =
        Json.object()
            .put("id", id)
            .put("environment", environment)
            .put("action", action)
            .put("state", state(end))
            .put("started", started.toString())
            .put("ended", at == null ? null : at.toString())
            .put("next", events.next());
    json.set("result", end == null ? null : end.get("environment"));
    json.set("error", end == null ? null : end.get("error"));
    return json;
  }

  private String state(@Nullable ObjectNode end) {
    if (end == null) {
      return cancelled ? "cancelling" : "running";
    }
    if (!end.has("error")) {
      return "done";
    }
    return "cancelled".equals(Json.text(end.path("error"), "code")) ? "cancelled" : "failed";
  }

  private void send(ObjectNode order) {
    // Left open: its end is the word to stop.
    OutputStream in = process.getOutputStream();
    try {
      in.write(Json.bytes(order));
      in.write('\n');
      in.flush();
    } catch (IOException e) {
      // It ended at once: who reads from it tells that.
      LOG.atDebug().addKeyValue("job", id).setCause(e).log("job took no order");
    }
  }

  /** Its own thread: reads events until the end. */
  private void read(Runnable onEnd) {
    ObjectNode event = null;
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null) {
        event = Json.readObject(line.getBytes(StandardCharsets.UTF_8));
        boolean ends = isLast(event);
        if (!ends) {
          events.add(event);
          first.complete(event);
        }
        line = ends ? null : lines.readLine();
      }
    } catch (IOException e) {
      // Half a line: it was killed while it wrote.
      LOG.atDebug().addKeyValue("job", id).setCause(e).log("job broke off");
    }
    reap(LAST_WORDS);
    ended(event != null && isLast(event) ? event : lost());
    onEnd.run();
  }

  private static boolean isLast(ObjectNode event) {
    String kind = Json.text(event, "event");
    return "done".equals(kind) || "error".equals(kind);
  }

  private void ended(ObjectNode event) {
    ended = Instant.now();
    events.add(event);
    last.complete(event);
    first.complete(event);
    events.end();
  }

  /** It ended without a word: killed, or Python could not run it, which the log says. */
  private ObjectNode lost() {
    LOG.atWarn().addKeyValue("job", id).addKeyValue("cancelled", cancelled).log("job lost");
    ObjectNode event = Json.object().put("event", "error");
    event
        .putObject("error")
        .put("code", cancelled ? "cancelled" : "environment")
        .put("message", "The change was ended before it was done")
        .put("hint", cancelled ? "" : "the server's gateway.log may say why; try again");
    return event;
  }

  private ObjectNode get(CompletableFuture<ObjectNode> event, Duration limit)
      throws HttpException, InterruptedException {
    try {
      return event.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      cancel(); // nobody was told of it
      throw new HttpException(503, "The server's Python does not answer: try again later");
    } catch (ExecutionException e) {
      throw new IllegalStateException("it is never completed so", e);
    }
  }
}
