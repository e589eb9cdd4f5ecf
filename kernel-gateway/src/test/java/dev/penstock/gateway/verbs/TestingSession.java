package dev.penstock.gateway.verbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLines;
import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.keeper.KeeperListener;
import dev.penstock.gateway.keeper.WorkerExit;
import dev.penstock.gateway.link.LinkServer;
import dev.penstock.gateway.runtime.LocalSocket;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.MemoryOutputLog;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Session;
import dev.penstock.gateway.session.SessionSpec;
import dev.penstock.gateway.session.Sessions;
import dev.penstock.gateway.session.TappedLog;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A session with a real worker, whose parent is a guard (docs/local-sockets.md, "Guard"). */
final class TestingSession implements AutoCloseable {
  private static final long PATIENCE = 60;
  private static final String PYTHON = System.getProperty("penstock.test.python", "");

  private final Path folder;
  private final LinkServer links;
  private final LocalSocket guards;
  private final Process guard;
  private final CompletableFuture<Keeper> arrived = new CompletableFuture<>();
  private final CompletableFuture<Session> started = new CompletableFuture<>();

  private TestingSession() throws IOException, InterruptedException {
    // Not JUnit's: paths of sockets must be short.
    folder = Files.createTempDirectory("pv-");
    links = LinkServer.listen(folder.resolve("worker.sock"), _ -> started.join());
    guards = LocalSocket.listen(folder.resolve("gateway.sock"));
    guards.serve("guard", this::serveGuard);
    guard = new ProcessBuilder(PYTHON, "-I", "-S", "-X", "utf8", keeper(), "guard").start();
    ObjectNode config = Json.object().put("dir", folder.toString());
    config.put("name", "0".repeat(32)).put("owner", ProcessHandle.current().pid());
    try (OutputStream stdin = guard.getOutputStream()) {
      stdin.write(Json.bytes(config));
      stdin.write('\n');
    }
  }

  /** Starts one, and waits until its worker runs. */
  static TestingSession start() throws Exception {
    return start(64 << 20);
  }

  /** The same; its log keeps so many bytes. */
  static TestingSession start(long bound) throws Exception {
    return start(new MemoryOutputLog(bound));
  }

  /** The same, with this log. */
  static TestingSession start(OutputLog log) throws Exception {
    assumeTrue(
        !PYTHON.isEmpty(), "set -Dpenstock.test.python to a Python that has penstock installed");
    TestingSession testing = new TestingSession();
    testing.startWorker(new TappedLog(log));
    return testing;
  }

  Session session() {
    return started.join();
  }

  /** Waits until a text that holds this one is in the log at or after a position. */
  void awaitText(long from, String text) throws InterruptedException {
    OutputLog log = session().log();
    for (long at = from; log.await(at, Duration.ofSeconds(PATIENCE)); at++) {
      OutputEntry entry = log.get(at);
      if (entry != null && new String(entry.content(), StandardCharsets.UTF_8).contains(text)) {
        return;
      }
    }
    throw new AssertionError("not said: " + text);
  }

  Verbs verbs() {
    Session session = session();
    return new Verbs(session::submit, (TappedLog) session.log(), session.ended()::isDone);
  }

  @Override
  public void close() throws IOException {
    session().stop(true, "test over");
    Ending _ = session().ended().orTimeout(PATIENCE, TimeUnit.SECONDS).join();
    arrived.join().close();
    Process _ = guard.onExit().orTimeout(PATIENCE, TimeUnit.SECONDS).join();
    links.close();
    guards.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void startWorker(TappedLog log) throws Exception {
    Keeper keeper = arrived.get(PATIENCE, TimeUnit.SECONDS);
    String id = UUID.randomUUID().toString();
    SessionSpec spec = new SessionSpec(id, "test", "test", folder.toString(), null, 0, false);
    Sessions.Opening opening = Sessions.open(spec, null, log, keeper);
    Session session = opening.session();
    started.complete(session);
    opening.begin().run();
    Path out = folder.resolve("sessions").resolve(id).resolve("out");
    Path err = out.resolveSibling("err");
    ArrayNode argv = Json.array().add(PYTHON).add("-m").add("penstock.worker");
    long pid = keeper.spawn(argv, workerSpec(session, out, err));
    session.openLanes(out, err);
    session.workerStarted(pid, "fresh", "for a test");
  }

  private ObjectNode workerSpec(Session session, Path out, Path err) {
    ObjectNode spec = Json.object();
    spec.put("session", session.spec().id())
        .put("link", folder.resolve("worker.sock").toString())
        .put("token", session.secrets().token())
        .put("nonce", HexFormat.of().formatHex(session.secrets().nonce()))
        .put("kernel_session", UUID.randomUUID().toString())
        .put("cwd", folder.toString())
        .put("umask", 0b111_111);
    spec.putArray("lanes").add(out.toString()).add(err.toString());
    spec.putArray("args");
    spec.putObject("env")
        .put("PATH", System.getenv("PATH"))
        .put("HOME", folder.toString())
        .put("IPYTHONDIR", folder.resolve("ipython").toString());
    spec.putNull("affinity");
    spec.putObject("rlimits");
    return spec;
  }

  private void serveGuard(SocketChannel connection) throws IOException {
    JsonLines lines = new JsonLines(connection);
    ObjectNode _ = lines.read(); // its introduction
    lines.write(Json.object().put("ok", true));
    Keeper keeper = Keeper.ofGuard(lines, new Events());
    arrived.complete(keeper);
    keeper.serve();
  }

  /** Called on the thread that serves the guard's connection. */
  private final class Events implements KeeperListener {
    @Override
    public void workerExited(String id, WorkerExit exit) {
      session().workerExited(exit);
    }

    @Override
    public void processGone(long pid) {}

    @Override
    public void zygoteExited(String key) {}

    @Override
    public void keeperLost() {}
  }

  /** Path of the keeper's program. */
  private static String keeper() throws IOException, InterruptedException {
    String code = "import penstock.keeper as k; print(k.__path__[0] + '/__main__.py')";
    Process process =
        new ProcessBuilder(PYTHON, "-c", code)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return answer.strip();
  }
}
