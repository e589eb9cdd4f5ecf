package dev.penstock.gateway.keeper;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLines;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Client of the keeper, the process that is the parent of all workers, or of a guard, the parent of
 * one (docs/local-sockets.md, "Keeper socket", "Guard"). Thread-safe: any thread asks, one virtual
 * thread reads answers and events.
 */
public final class Keeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
  private static final Duration QUICK = Duration.ofSeconds(5);
  private static final Duration ZYGOTE = Duration.ofSeconds(60);

  /** What it is, for people: keeper or guard. */
  private final String name;

  private final JsonLines lines;
  private final KeeperListener listener;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<ObjectNode>> pending = new ConcurrentHashMap<>();
  private volatile boolean lost;

  private Keeper(String name, JsonLines lines, KeeperListener listener) {
    this.name = name;
    this.lines = lines;
    this.listener = listener;
  }

  /**
   * Connects to the keeper's socket.
   *
   * @throws IOException if nobody listens there
   */
  public static Keeper connect(Path socket, KeeperListener listener) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    Keeper keeper = new Keeper("keeper", new JsonLines(channel), listener);
    Thread.ofVirtual().name("keeper-reader").start(keeper::serve);
    return keeper;
  }

  /** A guard that connected by itself; {@link #serve} must be called. */
  public static Keeper ofGuard(JsonLines lines, KeeperListener listener) {
    return new Keeper("guard", lines, listener);
  }

  /** Reads answers and events until the connection ends, which is told to the listener. */
  public void serve() {
    try {
      ObjectNode line = lines.read();
      while (line != null) {
        take(line);
        line = lines.read();
      }
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("peer", name).setCause(e).log("connection ended");
    }
    lost = true;
    pending.values().forEach(p -> p.completeExceptionally(new IOException("connection ended")));
    listener.keeperLost();
  }

  /** Tells the keeper that the gateway's own sockets listen. */
  public void hello() throws KeeperException {
    ask("hello", QUICK, r -> r.put("version", 1));
  }

  /**
   * Makes sure that a zygote runs for this Python environment. Waits until it is ready.
   *
   * @return {@code {"pid", "start_only"}}
   */
  public ObjectNode zygote(String key, JsonNode argv, JsonNode env, JsonNode startOnly)
      throws KeeperException {
    return ask(
        "zygote",
        ZYGOTE,
        r -> {
          r.put("key", key);
          r.set("argv", argv);
          r.set("env", env);
          r.set("start_only", startOnly);
        });
  }

  /** Forks a worker from a zygote. Returns its process id. */
  public long fork(String key, ObjectNode spec) throws KeeperException {
    return pid(ask("fork", QUICK.multipliedBy(4), r -> r.put("key", key).set("spec", spec)));
  }

  /** Starts a fresh worker. Returns its process id. */
  public long spawn(JsonNode argv, ObjectNode spec) throws KeeperException {
    return pid(
        ask(
            "spawn",
            QUICK.multipliedBy(4),
            r -> {
              r.set("argv", argv);
              r.set("spec", spec);
            }));
  }

  /** Ends a zygote; its workers live on. */
  public void retire(String key) throws KeeperException {
    ask("retire", QUICK, r -> r.put("key", key));
  }

  /** Sends a signal; returns once the system has it. A process that is gone already is no error. */
  public void signal(long pid, int signal, boolean group) throws KeeperException {
    try {
      ask("signal", QUICK, r -> r.put("pid", pid).put("signal", signal).put("group", group));
    } catch (KeeperException e) {
      if (!e.code().equals("gone")) {
        throw e;
      }
    }
  }

  /**
   * Watches a process that is not ours: its end is told to the listener.
   *
   * @param start its start time, field 22 of {@code /proc/<pid>/stat}
   */
  public void watch(long pid, long start) throws KeeperException {
    ask("watch", QUICK, r -> r.put("pid", pid).put("start", start));
  }

  public void unwatch(long pid) throws KeeperException {
    ask("unwatch", QUICK, r -> r.put("pid", pid));
  }

  /** Removes a session's FIFOs. */
  public void release(String session) throws KeeperException {
    ask("release", QUICK, r -> r.put("session", session));
  }

  /** Announces that the gateway is about to end: the keeper ends what is left and itself. */
  public void leave() throws KeeperException {
    ask("leave", QUICK, r -> {});
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  private static long pid(ObjectNode answer) {
    return Json.integer(answer, "pid", 0);
  }

  @FunctionalInterface
  private interface Fill {
    void into(ObjectNode request);
  }

  private ObjectNode ask(String op, Duration patience, Fill fill) throws KeeperException {
    long id = ids.incrementAndGet();
    ObjectNode request = Json.object().put("op", op).put("id", id);
    fill.into(request);
    CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    pending.put(id, answer);
    try {
      if (lost) {
        throw new KeeperException("lost", "the " + name + " process is gone");
      }
      lines.write(request);
      ObjectNode reply = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (!Json.flag(reply, "ok")) {
        throw new KeeperException(
            reply.path("code").asString("failed"), reply.path("error").asString("no reason given"));
      }
      return reply;
    } catch (KeeperException e) {
      throw e;
    } catch (IOException | ExecutionException e) {
      throw new KeeperException(
          "lost", "the " + name + " process is gone (" + e.getMessage() + ")");
    } catch (TimeoutException e) {
      throw new KeeperException(
          "timeout",
          "the " + name + " did not answer '" + op + "' within " + patience.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KeeperException("interrupted", "interrupted while waiting for the " + name);
    } finally {
      pending.remove(id);
    }
  }

  private void take(ObjectNode line) {
    switch (Json.text(line, "event")) {
      case null -> {
        CompletableFuture<ObjectNode> waiting = pending.get(Json.integer(line, "id", 0));
        if (waiting != null) {
          waiting.complete(line);
        }
      }
      case "exit" -> listener.workerExited(line.path("session").asString(""), exit(line));
      case "gone" -> listener.processGone(Json.integer(line, "pid", 0));
      case "zygote-exit" -> listener.zygoteExited(line.path("key").asString(""));
      case String other -> LOG.atWarn().addKeyValue("event", other).log("unknown keeper event");
    }
  }

  private static WorkerExit exit(ObjectNode line) {
    return new WorkerExit(
        Json.integer(line, "pid", 0),
        (int) Json.integer(line, "exit", -1),
        Json.flag(line, "core"),
        Json.flag(line, "oom"),
        "memory".equals(Json.text(line, "limit")),
        Json.flag(line, "certain"),
        Json.integer(line, "rss_kb", 0));
  }
}
