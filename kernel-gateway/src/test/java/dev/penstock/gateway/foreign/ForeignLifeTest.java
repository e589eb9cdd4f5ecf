package dev.penstock.gateway.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Life;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.MemoryOutputLog;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.Request;
import dev.penstock.gateway.session.SessionState;
import dev.penstock.protocol.client.KernelClient;
import dev.penstock.protocol.connection.ConnectionFiles;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real ipykernels; needs {@code -Dpenstock.test.python}. */
class ForeignLifeTest {
  @TempDir private Path folder = Path.of(""); // replaced before each test

  private final MemoryOutputLog log = new MemoryOutputLog(64 << 20);
  private final TestingClient client = new TestingClient(log);
  private ZmqRuntime zmq;
  private TestingKernels kernels;
  private ForeignStarter starter;
  private final List<Life> lives = new ArrayList<>();

  @BeforeEach
  void prepare() throws Exception {
    kernels = new TestingKernels(folder);
    zmq = new ZmqRuntime();
    starter = kernels.starter(zmq);
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
    Life life =
        starter.start(kernels.order(TestingKernels.IPYKERNEL, more, Map.of("WHO", "ada")), log);
    lives.add(life);
    return life;
  }

  @Test
  void cellsRunAndTheirBytesAreTheKernels() throws Exception {
    Life life = start(", \"env\": {\"GREETING\": \"hi ${WHO}\"}");
    assertThat(life.state()).isEqualTo(SessionState.IDLE);
    Request cell = client.execute(life, "import os\nprint(os.environ['GREETING'])\n6 * 7");
    assertThat(TestingClient.content(client.reply(cell)).path("status").asString()).isEqualTo("ok");
    OutputEntry result = client.await(e -> e.msgType().equals("execute_result"));
    assertThat(TestingClient.answers(result, cell)).isTrue();
    assertThat(new String(result.topic(), StandardCharsets.UTF_8)).contains("execute_result");
    assertThat(client.await(e -> TestingClient.isStream(e, "hi ada")).to()).isNull();
    assertThat(client.all())
        .as("what only we asked is not told")
        .filteredOn(e -> e.msgType().equals("kernel_info_reply"))
        .isEmpty();

    Request info = client.request(Channel.CONTROL, "kernel_info_request", Json.object());
    boolean _ = life.submit(info);
    OutputEntry reply = client.reply(info);
    assertThat(reply.channel()).isEqualTo(Channel.CONTROL);
    assertThat(client.hurried()).isSameAs(reply);
  }

  @Test
  void questionsGoToTheAsker() throws Exception {
    Life life = start("");
    TestingClient other = new TestingClient(log);
    Request cell = client.execute(life, "input('name? ').upper()");
    OutputEntry question = client.await(e -> e.channel() == Channel.STDIN);
    assertThat(client.owns(question)).isTrue();
    assertThat(other.owns(question)).isFalse();
    OutputEntry _ =
        client.await(e -> e.msgType().equals("status") && TestingClient.answers(e, cell));
    assertThat(life.state()).isEqualTo(SessionState.BUSY);
    boolean _ =
        life.submit(
            client.request(Channel.STDIN, "input_reply", Json.object().put("value", "ada")));
    assertThat(TestingClient.content(client.reply(cell)).path("status").asString()).isEqualTo("ok");
    OutputEntry result = client.await(e -> e.msgType().equals("execute_result"));
    assertThat(TestingClient.content(result).at("/data/text~1plain").asString()).isEqualTo("'ADA'");
  }

  @Test
  void interruptsBySignal() throws Exception {
    Life life = start("");
    interruptsOnce(life);
  }

  @Test
  void interruptsByMessage() throws Exception {
    Life life = start(", \"interrupt_mode\": \"message\"");
    interruptsOnce(life);
  }

  private void interruptsOnce(Life life) throws Exception {
    Request cell =
        client.execute(
            life, "import time\nprint('ready', flush=True)\nwhile True: time.sleep(0.01)");
    OutputEntry _ = client.await(e -> TestingClient.isStream(e, "ready"));
    life.interrupt().join();
    assertThat(TestingClient.content(client.reply(cell)).path("ename").asString())
        .isEqualTo("KeyboardInterrupt");
    Request next = client.execute(life, "1");
    assertThat(TestingClient.content(client.reply(next)).path("status").asString()).isEqualTo("ok");
  }

  @Test
  void aDeathIsTold() throws Exception {
    Life life = start("");
    Request cell =
        client.execute(
            life,
            "import os, signal\nprint('ready', flush=True)\ninput()\nos.kill(os.getpid(), signal.SIGKILL)");
    OutputEntry _ = client.await(e -> e.channel() == Channel.STDIN);
    Request queued = client.execute(life, "'never run'");
    boolean _ =
        life.submit(client.request(Channel.STDIN, "input_reply", Json.object().put("value", "")));
    Ending ending = life.ended().join();
    assertThat(ending.exit()).isEqualTo(-9);
    assertThat(ending.cause()).isEqualTo("The kernel's process was killed by signal 9 (SIGKILL).");
    OutputEntry told = client.await(e -> TestingClient.isStream(e, ending.cause()));
    assertThat(TestingClient.answers(told, cell)).isTrue();
    for (Request request : List.of(cell, queued)) {
      var reply = TestingClient.content(client.reply(request));
      assertThat(reply.path("ename").asString()).isEqualTo("DeadKernelError");
      assertThat(reply.path("evalue").asString()).isEqualTo(ending.cause());
    }
    assertThat(life.state()).isEqualTo(SessionState.DEAD);
    assertThat(life.submit(cell)).isFalse();
    assertThat(life.interrupt()).isCompleted();
    try (Stream<Path> left = Files.list(folder.resolve("foreign"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void anExitCodeIsTold() throws Exception {
    Life life = start("");
    Request cell = client.execute(life, "import os\nos._exit(3)");
    assertThat(life.ended().join())
        .isEqualTo(new Ending(3, "The kernel's process ended with exit code 3."));
    assertThat(TestingClient.content(client.reply(cell)).path("ename").asString())
        .isEqualTo("DeadKernelError");
  }

  @Test
  void itStopsWhenAskedAndItsChildrenWithIt() throws Exception {
    Life life = start("");
    Request cell =
        client.execute(
            life,
            "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\nprint(f'pid={child.pid}')");
    OutputEntry _ = client.reply(cell);
    OutputEntry stream = client.await(e -> TestingClient.isStream(e, "pid="));
    long child =
        Long.parseLong(TestingClient.content(stream).path("text").asString().strip().substring(4));
    long kernel = life.pid();
    assertThat(TestingKernels.isAlive(child)).isTrue();
    life.stop(false, "no longer needed");
    // On a busy machine SIGTERM comes before the kernel has done what it was asked to.
    assertThat(life.ended().join())
        .isIn(new Ending(0, "no longer needed"), new Ending(-15, "no longer needed"));
    assertThat(TestingKernels.isAlive(kernel)).isFalse();
    assertThat(client.all()).noneMatch(e -> TestingClient.isStream(e, "Penstock"));
    TestingKernels.awaitEnd(child);
  }

  @Test
  void oneThatDoesNotListenIsKilled() throws Exception {
    Life life = start("");
    Request _ =
        client.execute(
            life,
            """
            import ctypes, signal
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            open('ready', 'w').close()
            ctypes.PyDLL(None).sleep(600)
            """);
    while (!Files.exists(folder.resolve("ready"))) {
      LockSupport.parkNanos(1_000_000); // the test's own limit ends this
    }
    life.stop(false, "no longer needed");
    assertThat(life.ended().join()).isEqualTo(new Ending(-9, "no longer needed"));
  }

  @Test
  void othersMayConnect() throws Exception {
    Life life = start("");
    Path file = folder.resolve("other.json");
    ConnectionFiles.write(file, life.connection().join());
    try (KernelClient other = KernelClient.connect(file)) {
      assertThat(other.execute("print('from elsewhere')").reply().isOk()).isTrue();
    }
    assertThat(client.await(e -> TestingClient.isStream(e, "from elsewhere")).to()).isNull();
  }

  @Test
  void whatTheProcessWritesInACellIsShown() throws Exception {
    Life life = start("");
    // The descriptor that ipykernel keeps of the terminal it does not have.
    Request cell =
        client.execute(
            life, "import sys\nprint('to the terminal', file=sys.__stderr__, flush=True)\ninput()");
    OutputEntry shown = client.await(e -> TestingClient.isStream(e, "to the terminal"));
    assertThat(TestingClient.answers(shown, cell)).isTrue();
    OutputEntry _ = client.await(e -> e.channel() == Channel.STDIN);
    boolean _ =
        life.submit(client.request(Channel.STDIN, "input_reply", Json.object().put("value", "")));
    OutputEntry _ = client.reply(cell);
  }

  @Test
  void aKernelThatDiesAtItsStartSaysWhy() throws Exception {
    assertThatExceptionOfType(KernelException.class)
        .isThrownBy(() ->
            starter.start(
                kernels.order("\"-c\", \"raise SystemExit('no such thing')\"", "", Map.of()), log))
        .withMessageContaining("while it was starting with exit code 1")
        .withMessageContaining("no such thing");
    assertThat(Files.readString(folder.resolve("kernel-output.log"))).contains("no such thing");
  }

  @Test
  void aKernelThatNeverAnswersIsEnded() throws Exception {
    String code =
        "import os, sys, time; open('pid', 'w').write(str(os.getpid())); print('hm', file=sys.stderr, flush=True); time.sleep(600)";
    assertThatExceptionOfType(KernelException.class)
        .isThrownBy(() ->
            starter.start(
                kernels.order(
                    "\"-c\", \"" + code + "\"", "", Map.of("KERNEL_LAUNCH_TIMEOUT", "10")),
                log))
        .withMessageContaining("did not answer within 10 s")
        .withMessageContaining("hm");
    long pid = Long.parseLong(Files.readString(folder.resolve("pid")));
    assertThat(TestingKernels.isAlive(pid)).isFalse();
  }
}
