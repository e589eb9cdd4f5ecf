package dev.penstock.gateway.v1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.MemoryOutputLog;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.verbs.Pace;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.HeaderFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a reader is told of one execution, from a log that others write, too. */
class OutputFeedTest {
  private static final byte[] NONE = "{}".getBytes(StandardCharsets.UTF_8);

  private final MemoryOutputLog log = new MemoryOutputLog(20_000);
  private final HeaderFactory headers = new HeaderFactory("session", "name");
  private final byte[] mine = headers.next("execute_request");
  private final byte[] others = headers.next("execute_request");
  private final List<String> told = new ArrayList<>();
  private Run run = made("");

  @BeforeEach
  void begin() throws Exception {
    run = made(Header.parse(mine).msgId());
  }

  private static Run made(String id) {
    Order order = new Order(Verb.CELL, "1", null, false, true, false, 0);
    return new Run(id, order, 0, new Pace(0, _ -> {}));
  }

  private void say(byte[] parent, String type, String content, boolean heard) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    Channel channel = type.endsWith("_reply") ? Channel.SHELL : Channel.IOPUB;
    OutputEntry entry =
        new OutputEntry(channel, type, NONE, null, NONE, parent, NONE, bytes, List.of());
    long seq = log.append(entry);
    if (heard && Arrays.equals(parent, mine)) {
      run.said(seq, entry);
    }
  }

  private void print(byte[] parent, String text) {
    say(parent, "stream", "{\"name\": \"stdout\", \"text\": \"%s\"}".formatted(text), true);
  }

  private void finish() {
    say(mine, "execute_reply", "{\"status\": \"ok\"}", true);
    say(mine, "status", "{\"execution_state\": \"idle\"}", true);
  }

  private void read(long from) throws Exception {
    told.clear();
    new OutputFeed(log, run, from, new Recording(), () -> false).read(Duration.ZERO);
  }

  private final class Recording implements RunSink {
    @Override
    public void begin() {}

    @Override
    public void told(Logged logged) {
      told.add(logged.seq() + ":" + Told.content(logged.entry()).path("text").asString());
    }

    @Override
    public void lost(long from, long count) {
      told.add("lost " + count + " from " + from);
    }

    @Override
    public void idle() {}

    @Override
    public void exit(RunView view) {
      told.add(view.to() + ":exit");
    }

    @Override
    public void end(long next) {
      told.add("next " + next);
    }

    @Override
    public void flush() {}
  }

  @Test
  void onlyWhatIsAboutItAndItsExitLast() throws Exception {
    print(others, "x");
    print(mine, "a");
    print(others, "y");
    finish();
    print(mine, "of a thread, late");
    read(0);
    assertThat(told).containsExactly("1:a", "4:exit", "next 5");
    read(2);
    assertThat(told).containsExactly("4:exit", "next 5");
    read(4);
    assertThat(told).containsExactly("4:exit", "next 5");
    read(5);
    assertThat(told).containsExactly("next 5");
  }

  @Test
  void nothingThatItsRunHasNotHeardIsPassed() throws Exception {
    print(mine, "a");
    say(mine, "execute_reply", "{\"status\": \"ok\"}", true);
    say(mine, "status", "{\"execution_state\": \"idle\"}", false);
    print(others, "x");
    read(0);
    assertThat(told).as("it may be the end").containsExactly("0:a", "next 2");
    run.said(2, Objects.requireNonNull(log.get(2)));
    read(2);
    assertThat(told).containsExactly("2:exit", "next 3");
  }

  @Test
  void whatIsGoneIsAGap() throws Exception {
    for (int i = 0; i < 100; i++) {
      print(mine, "a".repeat(500));
      log.trim(log.next());
    }
    finish();
    read(0);
    assertThat(told).hasSizeLessThan(100);
    assertThat(told.getFirst()).isEqualTo("lost %d from 0".formatted(100 - (told.size() - 3)));
    assertThat(told).endsWith("101:exit", "next 102");
  }

  @Test
  void theExitIsToldAlsoIfTheLogHasNothingLeft() throws Exception {
    print(mine, "a");
    finish();
    for (int i = 0; i < 100; i++) {
      print(others, "x".repeat(500));
      log.trim(log.next());
    }
    read(0);
    assertThat(told).containsExactly("lost 2 from 0", "2:exit", "next 3");
  }

  @Test
  void aFollowerIsToldUntilTheEnd() throws Exception {
    print(mine, "a");
    OutputFeed feed = new OutputFeed(log, run, 0, new Recording(), () -> false);
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              print(mine, "b");
              finish();
            });
    assertThat(feed.follow()).isTrue();
    writer.join();
    assertThat(told).containsExactly("0:a", "1:b", "3:exit", "next 4");
    OutputFeed left = new OutputFeed(log, made("other"), 0, new Recording(), () -> true);
    assertThat(left.follow()).as("it leaves before the end").isFalse();
  }
}
