package dev.penstock.gateway.verbs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.gateway.session.SessionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Verbs of a real worker, and of one that dies; needs {@code -Dpenstock.test.python}. */
class VerbsTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String COUNTING =
      """
      n = 0
      def count(last):
          global n
          n += 1
          print('step', n)
          return {'done': n > last, 'result': n}
      """;

  private static @Nullable TestingSession testing;

  @BeforeAll
  static void start() throws Exception {
    testing = TestingSession.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (testing != null) {
      testing.close();
    }
  }

  private static TestingSession testing() {
    TestingSession running = testing;
    assertThat(running).isNotNull();
    return requireNonNull(running);
  }

  @Test
  void codeIsExecutedAndItsOutputGathered() throws Exception {
    Verbs verbs = testing().verbs();
    VerbResult result =
        verbs.execute(
            "import os, sys; x = 6\nprint('a', flush=True); os.system('echo b'); print('c')\n"
                + "print('bad', file=sys.stderr)",
            null,
            LONG);
    assertThat(result).isEqualTo(new VerbResult(null, null, "a\nb\nc\n", "bad\n"));
    assertThat(verbs.evaluate("{'x': x * 7, 'bad': float('nan')}", null, LONG).value())
        .isEqualTo("{\"x\": 42, \"bad\": null}");
  }

  @Test
  void errorsAreToldWithWhatWasPrinted() throws Exception {
    VerbResult result = testing().verbs().execute("print('before')\n1 / 0", null, LONG);
    assertThat(result.isOk()).isFalse();
    assertThat(result.stdout()).isEqualTo("before\n");
    VerbError error = requireNonNull(result.error());
    assertThat(error.ename()).isEqualTo("ZeroDivisionError");
    assertThat(String.join("\n", error.traceback())).contains("1 / 0");
  }

  @Test
  void aTimeLimitEndsTheCodeAndKeepsTheState() throws Exception {
    Verbs verbs = testing().verbs();
    assertThat(verbs.execute("kept = 1", null, LONG).isOk()).isTrue();
    VerbResult result = verbs.execute("import time; time.sleep(600)", Duration.ofMillis(200), LONG);
    VerbError error = requireNonNull(result.error());
    assertThat(error.evalue()).isEqualTo("Execution timed out after 0.2s");
    assertThat(verbs.evaluate("kept", null, LONG).value()).isEqualTo("1");
  }

  @Test
  void whoDoesNotWaitAnyLongerIsTold() throws Exception {
    Verbs verbs = testing().verbs();
    String sleep = "import time; print('sleeps', flush=True); time.sleep(600)";
    long from = testing().session().log().next();
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> verbs.execute(sleep, null, Duration.ofMillis(300)));
    // What does not run yet is not interrupted.
    testing().awaitText(from, "sleeps");
    testing().session().interrupt().get(LONG.toSeconds(), TimeUnit.SECONDS);
    assertThat(verbs.evaluate("1", null, LONG).value()).isEqualTo("1");
  }

  @Test
  void aStreamIsReadByManyAsOftenAsTheyLike() throws Exception {
    Verbs verbs = testing().verbs();
    assertThat(verbs.execute(COUNTING, null, LONG).isOk()).isTrue();
    StreamHandle stream = verbs.stream("count(3)", null);
    List<StreamMessage> first = all(stream);
    assertThat(first).hasSizeGreaterThan(4).endsWith(new StreamMessage.Done("done"));
    assertThat(values(first))
        .containsExactly(
            "{\"done\": false, \"result\": 1}",
            "{\"done\": false, \"result\": 2}",
            "{\"done\": false, \"result\": 3}");
    assertThat(texts(first)).isEqualTo("step 1\nstep 2\nstep 3\nstep 4\n");
    assertThat(all(stream)).isEqualTo(first);
  }

  @Test
  void aRunningStreamTakesCodeCellsAndStop() throws Exception {
    Verbs verbs = testing().verbs();
    assertThat(verbs.execute(COUNTING, null, LONG).isOk()).isTrue();
    StreamHandle stream = verbs.stream("count(10**9)", null);
    StreamSlice begun = stream.read(stream.from(), 64, LONG);
    assertThat(begun.over()).isFalse();
    assertThat(testing().session().view().state()).isEqualTo(SessionState.BUSY);
    assertThat(stream.execute("n = -5; seen = True")).isNull();
    assertThat(verbs.evaluate("n >= 1", null, LONG).isOk()).isTrue();
    assertThat(stream.stop()).isNull();
    assertThat(all(stream)).endsWith(new StreamMessage.Done("stopped"));
    assertThat(verbs.evaluate("seen", null, LONG).value()).isEqualTo("true");
    VerbError late = requireNonNull(stream.stop());
    assertThat(late.ename()).isEqualTo("NoStreamError");
  }

  @Test
  void aStreamThatIsNoneIsRefused() throws Exception {
    StreamHandle stream = testing().verbs().stream("1 +", null);
    assertThat(all(stream)).hasSize(2).endsWith(new StreamMessage.Done("error"));
  }

  @Test
  void aDeathEndsTheStreamAndWhatWaits() throws Exception {
    try (TestingSession dying = TestingSession.start()) {
      Verbs verbs = dying.verbs();
      StreamHandle stream = verbs.stream("__import__('os')._exit(3)", null);
      List<StreamMessage> said = all(stream);
      assertThat(said).endsWith(new StreamMessage.Done("error"));
      assertThat(said)
          .filteredOn(StreamMessage.Failed.class::isInstance)
          .singleElement()
          .satisfies(failed ->
              assertThat(((StreamMessage.Failed) failed).error().ename())
                  .isEqualTo("DeadKernelError"));
      VerbResult after = verbs.evaluate("1", null, LONG);
      assertThat(requireNonNull(after.error()).ename()).isEqualTo("DeadKernelError");
    }
  }

  private static List<StreamMessage> all(StreamHandle stream) throws InterruptedException {
    List<StreamMessage> all = new ArrayList<>();
    long deadline = System.nanoTime() + LONG.toNanos();
    StreamSlice slice = stream.read(stream.from(), 16, LONG);
    all.addAll(slice.messages());
    while (!slice.over()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      slice = stream.read(slice.next(), 4096, LONG);
      all.addAll(slice.messages());
    }
    return all;
  }

  private static List<String> values(List<StreamMessage> messages) {
    return messages.stream()
        .filter(StreamMessage.Data.class::isInstance)
        .map(data -> ((StreamMessage.Data) data).json())
        .toList();
  }

  private static String texts(List<StreamMessage> messages) {
    StringBuilder text = new StringBuilder();
    for (StreamMessage message : messages) {
      if (message instanceof StreamMessage.Text piece) {
        text.append(piece.text());
      }
    }
    return text.toString();
  }
}
