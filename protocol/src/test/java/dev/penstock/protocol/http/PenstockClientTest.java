package dev.penstock.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.protocol.http.ExecutionOptions.Mode;
import dev.penstock.protocol.json.Trees;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The client against a real server; needs {@code -Dpenstock.test.python=PYTHON}. */
final class PenstockClientTest {

  private static final ExecutionOptions EXEC = ExecutionOptions.of(Mode.EXEC);
  private static @Nullable TestingServer running;

  @BeforeAll
  static void start() throws IOException {
    running = TestingServer.start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (running != null) {
      running.close();
    }
  }

  private static TestingServer server() {
    return Objects.requireNonNull(running);
  }

  @Test
  void startsAndEndsSessions() {
    try (PenstockClient client = server().client()) {
      SessionOptions options = SessionOptions.none().name("penstock").memory(1L << 31);
      Session session = client.startSession(options);
      assertThat(session.info().path("limits").path("memory").asLong()).isEqualTo(1L << 31);
      assertThat(ids(client)).contains(session.id());
      session.execute("a = 1", EXEC).result();
      assertThat(client.session(session.id()).evaluate("a", Integer.class)).isEqualTo(1);
      session.restart();
      assertThatExceptionOfType(CodeException.class)
          .isThrownBy(() -> session.evaluate("a"))
          .satisfies(e -> assertThat(e.ename()).isEqualTo("NameError"));
      session.delete();
      session.delete();
      assertThat(ids(client)).doesNotContain(session.id());
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> session.evaluate("a"))
          .satisfies(e -> assertThat(e.status()).isEqualTo(404));
    }
  }

  private static List<String> ids(PenstockClient client) {
    return client.sessions().stream().map(session -> Trees.text(session, "id")).toList();
  }

  @Test
  void runsCode() {
    try (PenstockClient client = server().client();
        Session session = client.startSession()) {
      Execution run = session.execute("print('a\\u2028é')\n6 * 7");
      List<Entry> said = run.entries().stream().toList();
      assertThat(said).hasSize(3);
      assertThat(said.getFirst())
          .isInstanceOfSatisfying(
              Entry.Text.class,
              text -> {
                assertThat(text.stream()).isEqualTo("stdout");
                assertThat(text.text()).isEqualTo("a\u2028é\n");
              });
      assertThat(said.get(1))
          .isInstanceOfSatisfying(
              Entry.Message.class, shown -> assertThat(shown.type()).isEqualTo("execute_result"));
      assertThat(said.getLast())
          .isInstanceOfSatisfying(
              Entry.Exit.class, exit -> assertThat(exit.state()).isEqualTo("ok"));
      assertThat(run.entries(said.getLast().seq())).containsExactly(said.getLast());
      assertThat(run.entries(said.getLast().seq() + 1)).isEmpty();
      assertThat(run.result().path("data").path("text/plain").asString()).isEqualTo("42");
      assertThat(session.executions()).singleElement().matches(each -> each.id().equals(run.id()));
    }
  }

  @Test
  void evaluates() {
    try (PenstockClient client = server().client();
        Session session = client.startSession()) {
      assertThat(session.evaluate("[1, 2]", int[].class)).containsExactly(1, 2);
      assertThat(session.evaluate("None").isNull()).isTrue();
      assertThatExceptionOfType(CodeException.class)
          .isThrownBy(() -> session.evaluate("1 / 0"))
          .satisfies(e -> {
            assertThat(e.state()).isEqualTo("error");
            assertThat(e.ename()).isEqualTo("ZeroDivisionError");
            assertThat(e.traceback()).anyMatch(line -> line.contains("ZeroDivisionError"));
          });
      ExecutionOptions brief = EXEC.withTimeout(Duration.ofMillis(200));
      assertThatThrownBy(() -> session.execute("import time; time.sleep(60)", brief).result())
          .hasMessageContaining("TimeoutError");
    }
  }

  @Test
  void answersInterruptsAndCancels() {
    try (PenstockClient client = server().client();
        Session session = client.startSession()) {
      Execution run =
          session.execute("print(input('who? '))", ExecutionOptions.of(Mode.CELL).withStdin());
      Iterator<Entry> said = run.entries().iterator();
      while (!(said.next() instanceof Entry.Message)) {
        // until it asks
      }
      assertThat(run.status().question()).isEqualTo(new Status.Question("who? ", false));
      Execution behind = session.execute("1");
      behind.cancel();
      run.sendInput("you");
      assertThat(run.text().collect(Collectors.joining())).isEqualTo("you\n");
      assertThat(behind.await().state()).isEqualTo("cancelled");
      Execution endless = session.execute("import time\nprint('in')\ntime.sleep(60)");
      try (Stream<String> text = endless.text()) {
        assertThat(text.findFirst()).contains("in\n");
      }
      assertThat(endless.await(Duration.ZERO).isOver()).isFalse();
      endless.interrupt();
      assertThatThrownBy(endless::result).hasMessageContaining("KeyboardInterrupt");
    }
  }

  @Test
  void streamsValues() {
    try (PenstockClient client = server().client();
        Session session = client.startSession()) {
      session.execute("n = 0", EXEC).result();
      ValueStream stream = session.startStream("{'done': n > 2, 'result': (n := n + 1)}");
      try (Stream<JsonNode> values = stream.values()) {
        assertThat(values.map(value -> value.path("result").asInt())).containsExactly(1, 2, 3);
      }
      ValueStream endless = session.startStream("(n := n + 1)", 10);
      try (Stream<JsonNode> values = endless.values()) {
        List<Integer> seen = new ArrayList<>();
        values
            .map(JsonNode::asInt)
            .peek(value -> {
              if (value == 5) {
                endless.execute("n = 1000");
              }
            })
            .takeWhile(value -> value <= 1000)
            .forEach(seen::add);
        assertThat(seen).startsWith(5, 6, 7);
      }
      assertThat(endless.stop().isOver()).isTrue();
      assertThat(session.streams()).hasSize(2);
    }
  }

  @Test
  void movesLargeFilesWithoutHoldingThem(@TempDir Path folder) throws IOException {
    Path large = folder.resolve("large");
    byte[] piece = new byte[1 << 20];
    new Random(7).nextBytes(piece);
    try (OutputStream out = Files.newOutputStream(large)) {
      for (int i = 0; i < 48; i++) {
        out.write(piece);
      }
    }
    try (PenstockClient client = server().client();
        Session session = client.startSession()) {
      session.writeFile("large", large);
      Path back = folder.resolve("back");
      session.downloadFile("large", back);
      assertThat(Files.mismatch(large, back)).isEqualTo(-1);
      session.writeFile("small", new ByteArrayInputStream(new byte[] {1, 2, 3}));
      try (InputStream in = session.openFile("small")) {
        assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
      }
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> session.downloadFile("nothing", back))
          .satisfies(e -> assertThat(e.status()).isEqualTo(404));
      assertThat(Files.mismatch(large, back)).isEqualTo(-1);
      assertThatExceptionOfType(FileNotFoundException.class)
          .isThrownBy(() -> session.writeFile("large", folder.resolve("nothing")));
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder("large", "back");
    }
  }

  @Test
  void aDownloadThatIsCutBeginsAnew(@TempDir Path folder) throws IOException {
    byte[] content = new byte[1 << 20];
    new Random(8).nextBytes(content);
    try (CuttingRelay relay =
            new CuttingRelay(server().url().getPort(), n -> n < 4 ? 300_000 : Integer.MAX_VALUE);
        PenstockClient client = PenstockClient.of(relay.url(), TestingServer.TOKEN);
        Session session = client.startSession()) {
      session.writeFile("cut", content);
      session.downloadFile("cut", folder.resolve("cut"));
      assertThat(folder.resolve("cut")).hasBinaryContent(content);
      assertThat(relay.connections()).isGreaterThan(2);
    }
  }

  @Test
  void aSessionIsStartedOnceAlsoWhenTheAnswerIsLost() throws IOException {
    try (CuttingRelay relay = new CuttingRelay(server().url().getPort(), _ -> Integer.MAX_VALUE);
        PenstockClient client = PenstockClient.of(relay.url(), TestingServer.TOKEN)) {
      List<String> before = ids(client);
      relay.loseNextAnswer();
      try (Session session = client.startSession()) {
        assertThat(session.evaluate("6 * 7", Integer.class)).isEqualTo(42);
        List<String> after = new ArrayList<>(ids(client));
        after.removeAll(before);
        assertThat(after).containsExactly(session.id());
        SessionOptions keyed = SessionOptions.none().key("one " + session.id());
        try (Session first = client.startSession(keyed)) {
          assertThat(client.startSession(keyed).id()).isEqualTo(first.id());
        }
      }
    }
  }

  @Test
  void movesFilesAndTellsVariables() {
    try (PenstockClient client = server().client();
        Session session = client.startSession()) {
      byte[] content = "é\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);
      session.writeFile("ü #?.txt", content);
      assertThat(session.readFile("ü #?.txt")).isEqualTo(content);
      assertThat(session.files("").path("content").toString()).contains("ü #?.txt");
      session.deleteFile("ü #?.txt");
      session.deleteFile("ü #?.txt");
      session.execute("table = [{'a': 1}]", EXEC).result();
      assertThat(session.variable("table").toString()).isEqualTo("[{\"a\":1}]");
      assertThat(session.variables().toString()).contains("\"table\"");
      assertThat(session.arrow("table")).isNotEmpty();
      assertThat(session.complete("tab", 3).path("matches").toString()).contains("table");
      assertThat(session.inspect("table", 1, 0).path("found").asBoolean()).isTrue();
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> session.variable("missing"))
          .satisfies(e -> assertThat(e.status()).isEqualTo(404));
    }
  }

  @Test
  void readsEachLineOnceOverManyConnections() throws IOException {
    int count = 20_000;
    Random random = new Random(5);
    int port = server().url().getPort();
    try (CuttingRelay relay =
            new CuttingRelay(port, n -> n == 0 ? 5_000 : 500 + random.nextInt(60_000));
        PenstockClient client = PenstockClient.of(relay.url(), TestingServer.TOKEN);
        PenstockClient direct = server().client();
        Session session = direct.startSession()) {
      JsonNode _ = client.session(session.id()).info(); // from now on it is patient
      Execution run =
          session.execute("for i in range(%d): print(i, flush=True)".formatted(count), EXEC);
      String said =
          client.session(session.id()).execution(run.id()).text().collect(Collectors.joining());
      assertThat(said)
          .isEqualTo(
              IntStream.range(0, count).mapToObj(i -> i + "\n").collect(Collectors.joining()));
      assertThat(relay.connections()).isGreaterThan(3);
    }
  }

  @Test
  void startsOnceWhenAnAnswerIsLost() throws IOException {
    try (CuttingRelay relay = new CuttingRelay(server().url().getPort(), _ -> 1 << 20);
        PenstockClient client = PenstockClient.of(relay.url(), TestingServer.TOKEN);
        Session session = client.startSession()) {
      relay.loseNextAnswer();
      session.execute("n = globals().get('n', 0) + 1", EXEC).result();
      assertThat(relay.connections()).isEqualTo(2);
      assertThat(session.executions()).hasSize(1);
      relay.loseNextAnswer();
      relay.answerNext("503 Service Unavailable");
      assertThat(session.evaluate("n", Integer.class)).isEqualTo(1);
      relay.loseNextAnswer();
      assertThatThrownBy(session::interrupt).isInstanceOf(UnreachableException.class);
    }
  }

  @Test
  void tellsWhatIsWrongWithAServer() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    try (PenstockClient client = PenstockClient.of(URI.create("http://127.0.0.1:" + free), "")) {
      assertThatThrownBy(client::sessions)
          .isInstanceOf(UnreachableException.class)
          .hasMessageStartingWith("The server cannot be reached: ");
    }
    try (PenstockClient client = PenstockClient.of(server().url(), "wrong")) {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(client::sessions)
          .satisfies(e -> assertThat(e.status()).isEqualTo(403));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PenstockClient.of(URI.create("localhost:8888"), ""));
    assertThat(Address.of(URI.create("http://h:1/base?token=a%20b"), ""))
        .isEqualTo(new Address(URI.create("http://h:1/base/"), "a b"));
  }
}
