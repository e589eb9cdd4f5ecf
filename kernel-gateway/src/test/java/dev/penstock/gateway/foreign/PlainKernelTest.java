package dev.penstock.gateway.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Life;
import dev.penstock.gateway.session.Client;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.MemoryOutputLog;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.Request;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels of other makes than ipykernel; and what is left when processes are killed. */
class PlainKernelTest {
  @TempDir private Path folder = Path.of(""); // replaced before each test

  private final MemoryOutputLog log = new MemoryOutputLog(64 << 20);
  private final TestingClient client = new TestingClient(log);
  private final List<Life> lives = new ArrayList<>();
  private ZmqRuntime zmq;
  private TestingKernels kernels;

  @BeforeEach
  void prepare() {
    kernels = new TestingKernels(folder);
    zmq = new ZmqRuntime();
  }

  @AfterEach
  void end() {
    lives.forEach(life -> life.stop(true, "test over"));
    lives.forEach(life -> life.ended().join());
    if (zmq != null) {
      zmq.close();
    }
  }

  private Life start(String more) throws Exception {
    Path script = kernels.script("/plain_kernel.py");
    return start("\"" + script + "\", \"{connection_file}\"", more);
  }

  private Life start(String arguments, String more) throws Exception {
    Life life = kernels.starter(zmq).start(kernels.order(arguments, more, Map.of()), log);
    lives.add(life);
    return life;
  }

  @Test
  void theKernelGetsTheClientsBytes() throws Exception {
    Life life = start("");
    List<byte[]> parts =
        List.of(
            utf8("{ \"msg_id\": \"odd\\ud800\", \"msg_type\":\"execute_request\" ,\"more\":1e400}"),
            utf8("{  }"),
            utf8("{\"a\":\"\\u00e9\"}"),
            utf8("{\"code\":\"\\ud800\", \"code\": \"\"}"),
            new byte[] {0, -1, 10},
            new byte[0]);
    Request request =
        new Request(
            new Client(client, List.of(utf8("not for the kernel"))),
            Channel.SHELL,
            Header.parse(parts.getFirst()),
            new Message(
                List.of(utf8("not for the kernel")),
                parts.get(0),
                parts.get(1),
                parts.get(2),
                parts.get(3),
                parts.subList(4, 6)));
    boolean _ = life.submit(request);
    OutputEntry reply = client.await(e -> request.client().equals(e.to()));
    List<String> frames = new ArrayList<>();
    TestingClient.content(reply).path("frames").forEach(frame -> frames.add(frame.asString()));
    assertThat(frames).isEqualTo(parts.stream().map(HexFormat.of()::formatHex).toList());
    assertThat(reply.parentHeader()).isEqualTo(parts.getFirst());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsSignedWithAnotherKeyIsDropped() throws Exception {
    Life life = start("");
    Request cell = client.execute(life, "forge");
    OutputEntry _ = client.reply(cell);
    OutputEntry _ = client.await(e -> e.msgType().equals("status") && isIdle(e, cell));
    assertThat(client.all()).noneMatch(e -> TestingClient.isStream(e, "forged"));
  }

  private static boolean isIdle(OutputEntry entry, Request request) {
    return TestingClient.answers(entry, request)
        && new String(entry.content(), StandardCharsets.UTF_8).contains("idle");
  }

  @Test
  void bashIsInterruptedAndGoesOn() throws Exception {
    Life life = start("\"-m\", \"bash_kernel\", \"-f\", \"{connection_file}\"", "");
    Request cell = client.execute(life, "echo started; sleep 600");
    OutputEntry _ = client.await(e -> TestingClient.isStream(e, "started"));
    life.interrupt().join();
    OutputEntry _ = client.reply(cell);
    OutputEntry _ = client.reply(client.execute(life, "echo $((6 * 7))"));
    OutputEntry _ = client.await(e -> TestingClient.isStream(e, "42"));
    life.stop(false, "no longer needed");
    assertThat(life.ended().join().cause()).isEqualTo("no longer needed");
  }

  @Test
  void aClientMayShutItDown() throws Exception {
    Life life = start("");
    Request request =
        client.request(Channel.CONTROL, "shutdown_request", Json.object().put("restart", false));
    boolean _ = life.submit(request);
    assertThat(life.ended().join()).isEqualTo(new Ending(0, "shut down by a client"));
    assertThat(client.reply(request).msgType()).isEqualTo("shutdown_reply");
    assertThat(client.all()).noneMatch(e -> TestingClient.isStream(e, "Penstock"));
  }

  @Test
  void interruptRequestsReachIt() throws Exception {
    Life life = start(", \"interrupt_mode\": \"message\"");
    life.interrupt().join();
    Request cell = client.execute(life, "die");
    assertThat(life.ended().join().exit()).isEqualTo(7);
    assertThat(TestingClient.content(client.reply(cell)).path("ename").asString())
        .isEqualTo("DeadKernelError");
  }

  @Test
  void aKernelWhoseTetherIsKilledIsEnded() throws Exception {
    Life life = start("");
    long kernel = life.pid();
    ProcessHandle tether = ProcessHandle.of(kernel).orElseThrow().parent().orElseThrow();
    assertThat(tether.destroyForcibly()).isTrue();
    assertThat(life.ended().join().exit()).isEqualTo(-9);
    TestingKernels.awaitEnd(kernel);
  }

  @Test
  void nothingIsLeftOfAKilledGateway() throws Exception {
    Path script = kernels.script("/plain_kernel.py");
    Process gateway =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "-Dpenstock.test.python=" + System.getProperty("penstock.test.python"),
                TestingGateway.class.getName(),
                folder.toString(),
                script.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var lines = gateway.inputReader(StandardCharsets.UTF_8)) {
      long kernel = Long.parseLong(String.valueOf(lines.readLine()));
      assertThat(TestingKernels.isAlive(kernel)).isTrue();
      long tether = ProcessHandle.of(kernel).orElseThrow().parent().orElseThrow().pid();
      gateway.destroyForcibly();
      assertThat(gateway.waitFor(20, TimeUnit.SECONDS)).isTrue();
      TestingKernels.awaitEnd(kernel);
      TestingKernels.awaitEnd(tether);
    } finally {
      gateway.destroyForcibly();
    }
    try (var left = Files.list(folder.resolve("foreign"))) {
      assertThat(left).isEmpty();
    }
  }
}
