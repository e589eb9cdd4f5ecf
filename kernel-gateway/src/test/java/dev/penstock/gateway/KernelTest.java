package dev.penstock.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.gateway.json.Json;
import dev.penstock.protocol.client.ExecuteReply;
import dev.penstock.protocol.client.ExecuteRequest;
import dev.penstock.protocol.client.Execution;
import dev.penstock.protocol.client.KernelClient;
import dev.penstock.protocol.client.Output;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The real gateway with real workers through the front door: kernels are started by the command
 * {@code penstock} of the Python in {@code -Dpenstock.test.python}, in a runtime directory of their
 * own, and used by the Java client.
 */
class KernelTest {
  private static final String PYTHON = System.getProperty("penstock.test.python", "");

  private static Path runtime = Path.of("");
  private KernelClient kernel; // made by start()
  private String id = "";

  @BeforeAll
  static void prepare() throws IOException {
    assumeTrue(
        !PYTHON.isEmpty(), "set -Dpenstock.test.python to a Python that has penstock installed");
    // Not JUnit's: paths of sockets must be short.
    runtime = Files.createTempDirectory("pk-");
  }

  @AfterAll
  static void stopGateway() throws Exception {
    if (!PYTHON.isEmpty()) {
      penstock("gateway", "stop");
      try (Stream<Path> files = Files.walk(runtime)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    var started =
        Json.readObject(penstock("kernel", "start", "--json").getBytes(StandardCharsets.UTF_8));
    id = started.path("id").asString();
    kernel = KernelClient.connect(Path.of(started.path("connection_file").asString()));
  }

  @AfterEach
  void stop() throws Exception {
    if (!id.isEmpty()) {
      kernel.close();
      penstock("kernel", "stop", id);
    }
  }

  @Test
  void outputsComeInTheOrderTheyWereMade() {
    List<String> seen = new ArrayList<>();
    try (Execution cell =
        kernel.execute(
            "import os\nprint('a', flush=True)\nos.system('echo b')\nprint('c')\n6 * 7")) {
      for (Output output : cell) {
        switch (output) {
          case Output.Stream stream -> seen.add(stream.text());
          case Output.ExecuteResult result -> seen.add(result.text());
          default -> {}
        }
      }
    }
    assertThat(String.join("", seen)).isEqualTo("a\nb\nc\n42");
  }

  @Test
  void anErrorAbortsWhatIsQueuedAndOnlyThat() throws Exception {
    Path gate = runtime.resolve("gate");
    Execution failing =
        kernel.execute(
            "import os, time\nwhile not os.path.exists('" + gate + "'): time.sleep(0.01)\n1 / 0");
    List<Execution> queued = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      queued.add(kernel.execute("'never run'"));
    }
    // Answered at once, in the order of arrival: the gateway has all the cells.
    kernel
        .request(Channel.SHELL, "penstock_cancel_request", Json.object().put("request", "nobody"))
        .get(20, TimeUnit.SECONDS);
    Files.createFile(gate);
    assertThat(failing.reply().ename()).isEqualTo("ZeroDivisionError");
    List<String> statuses = queued.stream().map(cell -> cell.reply().status()).toList();
    assertThat(statuses).containsOnly("aborted");
    assertThat(kernel.execute("'runs'").reply().status()).isEqualTo("ok");
  }

  @Test
  void requestsSentAheadRunInOrderAndNoneIsLost() {
    List<Execution> cells = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      cells.add(
          kernel.execute(
              new ExecuteRequest(
                  "seen = globals().setdefault('seen', []); seen.append(" + i + ")",
                  false,
                  true,
                  true)));
    }
    List<Integer> counts =
        cells.stream().map(Execution::reply).map(ExecuteReply::executionCount).toList();
    assertThat(counts).isSorted().doesNotHaveDuplicates().hasSize(500);
    assertThat(text(kernel.execute("seen == list(range(500))"))).isEqualTo("True");
  }

  @Test
  void inputIsAskedAndAnswered() {
    kernel.onInput(question -> question.prompt() + "Ada");
    assertThat(text(kernel.execute("input('name? ').upper()"))).isEqualTo("'NAME? ADA'");
  }

  @Test
  void anInterruptEndsTheCellOnce() {
    Execution cell = kernel.execute("print('ready', flush=True)\nwhile True: pass");
    Iterator<Output> outputs = cell.iterator();
    while (!(outputs.next() instanceof Output.Stream)) {
      // busy and execute_input come first
    }
    kernel.interrupt();
    assertThat(cell.reply().ename()).isEqualTo("KeyboardInterrupt");
    assertThat(text(kernel.execute("'healthy'"))).isEqualTo("'healthy'");
  }

  @Test
  void controlAndHeartbeatAnswerWhileACellHoldsTheInterpreter() throws Exception {
    Execution cell =
        kernel.execute("print('ready', flush=True)\nimport ctypes; ctypes.PyDLL(None).sleep(60)");
    Iterator<Output> outputs = cell.iterator();
    while (!(outputs.next() instanceof Output.Stream)) {
      // busy and execute_input come first
    }
    assertThat(kernel.heartbeat(Duration.ofSeconds(20))).isTrue();
    var info =
        kernel
            .request(Channel.CONTROL, "kernel_info_request", Json.object())
            .get(20, TimeUnit.SECONDS);
    assertThat(info.content().path("language_info").path("name").asString()).isEqualTo("python");
    kernel.interrupt(); // ends C's sleep, too
    assertThat(cell.reply().ename()).as("it slept until then").isEqualTo("KeyboardInterrupt");
  }

  @Test
  void whatAnEditorAsksIsAnswered() {
    assertThat(kernel.complete("pri", 3).matches()).contains("print");
    assertThat(kernel.inspect("print", 5, 0).found()).isTrue();
    assertThat(kernel.isComplete("if True:").status()).isEqualTo("incomplete");
    assertThat(kernel.execute("first = 1").reply().isOk()).isTrue();
    assertThat(kernel.history(1).getLast().input()).isEqualTo("first = 1");
    assertThat(kernel.kernelInfo().path("protocol_version").asString()).isEqualTo("5.6");
  }

  private static String text(Execution cell) {
    return cell.stream()
        .filter(Output.ExecuteResult.class::isInstance)
        .map(Output.ExecuteResult.class::cast)
        .map(Output.ExecuteResult::text)
        .collect(Collectors.joining());
  }

  private static String penstock(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PYTHON, "-m", "penstock.cli"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("PENSTOCK_RUNTIME_DIR", runtime.resolve("p").toString());
    builder.environment().put("PENSTOCK_AOT", "off");
    builder.environment().put("JUPYTER_RUNTIME_DIR", runtime.resolve("j").toString());
    builder.environment().put("IPYTHONDIR", runtime.resolve("i").toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("penstock %s: %s", List.of(arguments), output).isZero();
    return output;
  }
}
