package dev.penstock.gateway.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streams that say more than the log keeps; needs {@code -Dpenstock.test.python}. */
class SlowReaderTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Of the log, in bytes: some hundred entries. */
  private static final long BOUND = 200_000;

  private static final String COUNTING =
      """
      n = 0
      def count(last=10**9):
          global n
          n += 1
          return {'done': n > last, 'result': n}
      """;

  // Set before each test, by JUnit.
  @SuppressWarnings("NullAway")
  private static TestingSession testing;

  @BeforeAll
  static void start() throws Exception {
    testing = TestingSession.start(BOUND);
  }

  @AfterAll
  static void stop() throws Exception {
    if (testing != null) {
      testing.close();
    }
  }

  private static Verbs counting() throws Exception {
    Verbs verbs = testing.verbs();
    assertThat(verbs.execute(COUNTING, null, LONG).isOk()).isTrue();
    return verbs;
  }

  private static void awaitCount(Verbs verbs, int count) throws Exception {
    while (Integer.parseInt(String.valueOf(verbs.evaluate("n", null, LONG).value())) < count) {
      Thread.sleep(5);
    }
  }

  private static List<StreamMessage> all(StreamHandle stream, List<Long> lost)
      throws InterruptedException {
    List<StreamMessage> all = new ArrayList<>();
    StreamSlice slice = stream.read(stream.from(), 16, LONG);
    while (true) {
      all.addAll(slice.messages());
      lost.add(slice.lost());
      if (slice.over()) {
        return all;
      }
      slice = stream.read(slice.next(), 4096, LONG);
    }
  }

  private static List<String> values(List<StreamMessage> messages) {
    return messages.stream()
        .filter(StreamMessage.Data.class::isInstance)
        .map(data -> ((StreamMessage.Data) data).json())
        .toList();
  }

  private static List<String> counted(int last) {
    return IntStream.rangeClosed(1, last)
        .mapToObj(n -> "{\"done\": false, \"result\": " + n + "}")
        .toList();
  }

  private static long sum(List<Long> numbers) {
    return numbers.stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void whatTheLogNoLongerHasIsToldAndTheEndIsThere() throws Exception {
    Verbs verbs = counting();
    StreamHandle stream = verbs.stream("count()", null);
    awaitCount(verbs, 2000);
    assertThat(stream.stop()).isNull();
    List<Long> lost = new ArrayList<>();
    List<StreamMessage> said = all(stream, lost);
    assertThat(sum(lost)).isPositive();
    assertThat(said).endsWith(new StreamMessage.Done("stopped"));
    assertThat(values(said)).isNotEmpty().doesNotContain("{\"done\": false, \"result\": 1}");
  }

  @Test
  void anEndThatTheLogNoLongerHasIsThere() throws Exception {
    Verbs verbs = counting();
    StreamHandle stream = verbs.stream("1 / (n := 0)", null);
    VerbResult flood =
        verbs.execute("for n in range(1000): print('x' * 999, flush=True)", null, LONG);
    assertThat(flood.stdout()).hasSize(1_000_000);
    for (int again = 0; again < 2; again++) {
      StreamSlice slice = stream.read(stream.from(), 4096, LONG);
      while (!slice.over()) {
        slice = stream.read(slice.next(), 4096, LONG);
      }
      assertThat(slice.messages()).hasSize(2).endsWith(new StreamMessage.Done("error"));
      assertThat(((StreamMessage.Failed) slice.messages().getFirst()).error().ename())
          .isEqualTo("ZeroDivisionError");
    }
  }

  @Test
  void requestsAreAnsweredWhileAStreamFloodsTheLog() throws Exception {
    Verbs verbs = counting();
    StreamHandle stream = verbs.stream("count()", null);
    for (int i = 0; i < 50; i++) {
      VerbResult result = verbs.execute("print('a' * 3000)", null, LONG);
      assertThat(result).isEqualTo(new VerbResult(null, null, "a".repeat(3000) + "\n", ""));
    }
    assertThat(stream.stop()).isNull();
    assertThat(all(stream, new ArrayList<>())).endsWith(new StreamMessage.Done("stopped"));
  }

  @Test
  void aPacedStreamIsReadToTheLastValue() throws Exception {
    StreamHandle stream = counting().stream("count(3000)", null, 100);
    List<Long> lost = new ArrayList<>();
    List<StreamMessage> said = all(stream, lost);
    assertThat(values(said)).isEqualTo(counted(3000));
    assertThat(said).endsWith(new StreamMessage.Done("done"));
    assertThat(sum(lost)).isZero();
  }

  @Test
  void aPacedStreamWaitsForItsReader() throws Exception {
    Verbs verbs = counting();
    StreamHandle stream = verbs.stream("count()", null, 10);
    awaitCount(verbs, 10);
    for (int i = 0; i < 20; i++) { // each is served between two steps
      assertThat(verbs.evaluate("n", null, LONG).value()).isEqualTo("10");
    }
    assertThat(stream.stop()).isNull();
    List<StreamMessage> said = all(stream, new ArrayList<>());
    assertThat(values(said)).isEqualTo(counted(10));
    assertThat(said).endsWith(new StreamMessage.Done("stopped"));
  }

  @Test
  void valuesThatAreLostDoNotHoldAPacedStreamUp() throws Exception {
    Verbs verbs = counting();
    StreamHandle stream = verbs.stream("count(25)", null, 10);
    awaitCount(verbs, 10);
    assertThat(
            verbs.execute("for _ in range(999): print('x' * 999, flush=True)", null, LONG).isOk())
        .isTrue();
    List<Long> lost = new ArrayList<>();
    List<StreamMessage> said = all(stream, lost);
    assertThat(sum(lost)).isPositive();
    assertThat(values(said)).isEqualTo(counted(25).subList(10, 25));
    assertThat(said).endsWith(new StreamMessage.Done("done"));
  }
}
