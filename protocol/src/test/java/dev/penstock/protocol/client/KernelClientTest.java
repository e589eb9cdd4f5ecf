package dev.penstock.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.connection.CurveKeys;
import dev.penstock.protocol.zmq.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeromq.ZMQ;

final class KernelClientTest {

  private static final ClientOptions PATIENT =
      new ClientOptions(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20));

  private final TestingKernel kernel = kernel(true);

  private static TestingKernel kernel(boolean welcomes) {
    try {
      return new TestingKernel(welcomes);
    } catch (BindException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    kernel.close();
  }

  private KernelClient connect() {
    return KernelClient.connect(kernel.connection(), PATIENT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void connectsToKernelsWithAndWithoutWelcome(boolean welcomes) {
    try (TestingKernel other = kernel(welcomes);
        KernelClient client = KernelClient.connect(other.connection(), PATIENT)) {
      assertThat(client.execute("echo hi").stream().filter(Output.Stream.class::isInstance))
          .containsExactly(new Output.Stream("stdout", "hi"));
    }
  }

  @Test
  void speaksWithEncryptedKernelsWhoseKeyItHas() throws BindException {
    ConnectionInfo wanted = ConnectionInfo.loopback("a key").withCurve(keys());
    try (TestingKernel other = new TestingKernel(true, wanted)) {
      try (KernelClient client = KernelClient.connect(other.connection(), PATIENT)) {
        assertThat(client.execute("echo hi")).contains(new Output.Stream("stdout", "hi"));
        assertThat(client.heartbeat(PATIENT.request())).isTrue();
        client.onInput(question -> "Ada");
        assertThat(client.execute("ask name")).contains(new Output.Stream("stdout", "Ada"));
      }
      ClientOptions hasty =
          new ClientOptions(Duration.ofMillis(300), Duration.ofMillis(300), Duration.ofMillis(300));
      ConnectionInfo wrong = other.connection().withCurve(keys());
      assertThatThrownBy(() -> KernelClient.connect(wrong, hasty))
          .isInstanceOf(KernelTimeoutException.class);
    }
  }

  private static CurveKeys keys() {
    ZMQ.Curve.KeyPair pair = ZMQ.Curve.generateKeyPair();
    return new CurveKeys(pair.publicKey, pair.secretKey);
  }

  @Test
  void outputsComeInOrderAndEndWithIdleAndReply() {
    try (KernelClient client = connect()) {
      Execution execution = client.execute("echo 𨭎");
      List<Output> outputs = new ArrayList<>();
      execution.forEach(outputs::add);
      assertThat(outputs)
          .containsExactly(
              new Output.Status("busy"),
              new Output.ExecuteInput("echo", 1),
              new Output.Stream("stdout", "𨭎"),
              new Output.Status("idle"));
      assertThat(execution.reply().isOk()).isTrue();
      assertThat(execution.reply().executionCount()).isEqualTo(1);
      assertThat(execution.iterator().hasNext()).isFalse();
    }
  }

  @Test
  void manyOutputsOfManyExecutionsAllArrive() {
    try (KernelClient client = connect()) {
      List<Execution> executions = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        executions.add(client.execute("count 1000"));
      }
      for (Execution execution : executions) {
        assertThat(execution.stream().filter(Output.Stream.class::isInstance)).hasSize(1_000);
      }
    }
  }

  @Test
  void anErrorIsAnOutputAndInTheReply() {
    try (KernelClient client = connect()) {
      Execution execution = client.execute("fail");
      assertThat(execution).contains(new Output.Error("Oops", "bad", List.of("line 1")));
      assertThat(execution.reply().isOk()).isFalse();
      assertThat(execution.reply().ename()).isEqualTo("Oops");
    }
  }

  @Test
  void codeCanAskItsUser() {
    try (KernelClient client = connect()) {
      client.onInput(question -> question.password() ? question.prompt() + "!" : "?");
      assertThat(client.execute("ask name")).contains(new Output.Stream("stdout", "name!"));
      client.onInput(question -> {
        throw new IllegalStateException("no user");
      });
      assertThat(client.execute("ask name")).contains(new Output.Stream("stdout", ""));
    }
  }

  @Test
  void positionsAreCodePoints() {
    try (KernelClient client = connect()) {
      Answers.Completion completion = client.complete("𨭎a", 3);
      assertThat(completion.cursorEnd()).isEqualTo(2);
      assertThat(completion.matches()).containsExactly("match");
    }
  }

  @Test
  void aRefusedRequestTellsTheKernelsError() {
    try (KernelClient client = connect()) {
      assertThatThrownBy(() -> client.inspect("x", 1, 0))
          .isInstanceOf(KernelClientException.class)
          .hasMessage("inspect_reply: E: no");
    }
  }

  @Test
  void theHeartbeatAnswersWhileCodeHangs() {
    try (KernelClient client = connect()) {
      client.execute("hang");
      assertThat(client.heartbeat(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void silenceEndsWithAClearException() {
    ClientOptions hasty =
        new ClientOptions(Duration.ofSeconds(20), Duration.ofMillis(100), Duration.ofMillis(100));
    try (KernelClient client = KernelClient.connect(kernel.connection(), hasty)) {
      Execution execution = client.execute("hang");
      assertThatThrownBy(execution::reply)
          .isInstanceOf(KernelTimeoutException.class)
          .hasMessage("no execute_reply within 0.1 s");
      assertThatThrownBy(() -> execution.forEach(output -> {}))
          .isInstanceOf(KernelTimeoutException.class)
          .hasMessage("no output within 0.1 s");
    }
  }

  @Test
  void aKernelThatIsNotThereIsATimeout() {
    ConnectionInfo nowhere = ConnectionInfo.loopback("").withPorts(1, 2, 3, 4, 5);
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(
            () -> KernelClient.connect(nowhere, new ClientOptions(second, second, second)))
        .isInstanceOf(KernelTimeoutException.class)
        .hasMessageContaining("no answer from the kernel at tcp://127.0.0.1:1 within 1.0 s");
  }

  @Test
  void closingTheClientEndsWhatWaits() {
    KernelClient client = connect();
    Execution execution = client.execute("hang");
    client.close();
    assertThatThrownBy(execution::reply)
        .isInstanceOf(KernelClientException.class)
        .hasMessage("the client is closed");
    assertThatThrownBy(() -> client.execute("echo").reply())
        .isInstanceOf(KernelClientException.class)
        .hasMessage("the client is closed");
  }
}
