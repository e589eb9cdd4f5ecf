package dev.penstock.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.protocol.connection.ConnectionFiles;
import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.connection.CurveKeys;
import dev.penstock.protocol.zmq.BindException;
import dev.penstock.protocol.zmq.KernelSockets;
import dev.penstock.protocol.zmq.SocketLimits;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeromq.ZMQ;

/**
 * The client against ipykernel, the reference, as it is and with CURVE (ipykernel 7.3); needs
 * {@code -Dpenstock.test.python=PYTHON}.
 */
@ParameterizedClass
@ValueSource(booleans = {false, true})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class IpykernelTest {

  @TempDir private static Path folder = Path.of(""); // replaced before the first test

  private @Nullable Process process;
  private @Nullable KernelClient client;

  @Parameter private boolean encrypted;

  @BeforeParameterizedClassInvocation
  void start() throws IOException, BindException {
    String python = System.getProperty("penstock.test.python", "");
    assumeTrue(!python.isEmpty(), "set -Dpenstock.test.python to a Python that has ipykernel");
    Path file = folder.resolve("kernel-" + encrypted + ".json");
    ConnectionInfo info = freePorts();
    if (encrypted) {
      ZMQ.Curve.KeyPair keys = ZMQ.Curve.generateKeyPair();
      info = info.withCurve(new CurveKeys(keys.publicKey, keys.secretKey));
    }
    ConnectionFiles.write(file, info);
    ProcessBuilder builder =
        new ProcessBuilder(
            python,
            "-m",
            "ipykernel_launcher",
            "-f",
            file.toString(),
            "--HistoryManager.hist_file=:memory:");
    builder.environment().put("IPYTHONDIR", folder.resolve("ipython").toString());
    process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("kernel.log").toFile())
            .start();
    client = KernelClient.connect(file);
  }

  private static ConnectionInfo freePorts() throws BindException {
    ConnectionInfo any = ConnectionInfo.loopback("key");
    try (ZmqRuntime runtime = new ZmqRuntime();
        KernelSockets sockets = KernelSockets.bind(runtime, any, SocketLimits.DEFAULT)) {
      return sockets.connection();
    }
  }

  @AfterParameterizedClassInvocation
  void stop() throws InterruptedException {
    if (client != null) {
      client.shutdown(false);
      client.close();
    }
    if (process != null && !process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** After an error ipykernel aborts also what comes a moment later. */
  @AfterEach
  void settle() {
    boolean settled = false;
    for (int i = 0; i < 1000 && !settled; i++) {
      settled = kernel().execute("pass").reply().isOk();
    }
    assertThat(settled).isTrue();
  }

  private KernelClient kernel() {
    return Objects.requireNonNull(client);
  }

  @Test
  void runsCode() {
    Execution execution = kernel().execute("print('é𨭎')\n6 * 7");
    List<Output> outputs = execution.stream().toList();
    assertThat(outputs).contains(new Output.Stream("stdout", "é𨭎\n"));
    assertThat(outputs)
        .filteredOn(Output.ExecuteResult.class::isInstance)
        .singleElement()
        .extracting(o -> ((Output.ExecuteResult) o).text())
        .isEqualTo("42");
    assertThat(execution.reply().isOk()).isTrue();
  }

  @Test
  void tellsErrors() {
    Execution execution = kernel().execute("1 / 0");
    assertThat(execution)
        .anySatisfy(o ->
            assertThat(o)
                .isInstanceOfSatisfying(
                    Output.Error.class, e -> assertThat(e.ename()).isEqualTo("ZeroDivisionError")));
    assertThat(execution.reply().ename()).isEqualTo("ZeroDivisionError");
  }

  @Test
  void showsAndUpdates() {
    List<Output> outputs =
        kernel().execute("h = display('a', display_id=True); h.update('b')").stream().toList();
    assertThat(outputs)
        .anyMatch(o -> o instanceof Output.DisplayData d && d.text().equals("'a'"))
        .anyMatch(o -> o instanceof Output.UpdateDisplayData u && u.text().equals("'b'"));
  }

  @Test
  void asksItsUser() {
    kernel().onInput(question -> "Ada (" + question.prompt() + ")");
    assertThat(kernel().execute("print(input('who?'))"))
        .contains(new Output.Stream("stdout", "Ada (who?)\n"));
  }

  @Test
  void answersEditors() {
    kernel().execute("value_one = 1").reply();
    assertThat(kernel().complete("value_o", 7).matches()).contains("value_one");
    assertThat(kernel().inspect("value_one", 5, 0).found()).isTrue();
    assertThat(kernel().isComplete("if True:"))
        .isEqualTo(new Answers.Completeness("incomplete", "    "));
    assertThat(kernel().history(5)).anyMatch(entry -> entry.input().equals("value_one = 1"));
    assertThat(kernel().kernelInfo().path("language_info").path("name").asString())
        .isEqualTo("python");
    assertThat(kernel().commInfo().isEmpty()).isTrue();
  }

  @Test
  void isInterrupted() {
    // Short sleeps: CPython sleeps on where a signal comes just before its system call.
    String code = "import time\nprint('go', flush=True)\nwhile True: time.sleep(0.01)";
    Execution execution = kernel().execute(code);
    Iterator<Output> outputs = execution.iterator();
    while (!(outputs.next() instanceof Output.Stream)) {
      // until the code runs
    }
    kernel().interrupt();
    assertThat(execution.reply().ename()).isEqualTo("KeyboardInterrupt");
    assertThat(kernel().heartbeat(Duration.ofSeconds(20))).isTrue();
  }
}
