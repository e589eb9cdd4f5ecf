package dev.penstock.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private long seq;

  private final RateLimiter messages =
      new RateLimiter(new RateLimits(10, 0, Duration.ofSeconds(2)));
  private final RateLimiter data = new RateLimiter(new RateLimits(0, 500, Duration.ofSeconds(2)));

  private Logged logged(long atMs, Channel channel, String type, String content) {
    byte[] empty = "{}".getBytes(StandardCharsets.US_ASCII);
    byte[] body = content.getBytes(StandardCharsets.US_ASCII);
    OutputEntry entry =
        new OutputEntry(channel, type, new byte[0], null, empty, empty, empty, body, List.of());
    return new Logged(seq++, START.plusMillis(atMs), "", entry);
  }

  private Logged stream(long atMs) {
    return logged(atMs, Channel.IOPUB, "stream", "{}");
  }

  /** How many of this number at one time get through. */
  private int sent(RateLimiter limiter, int count, long atMs) {
    int sent = 0;
    for (int i = 0; i < count; i++) {
      sent += limiter.next(stream(atMs)).sent() ? 1 : 0;
    }
    return sent;
  }

  @Test
  void withoutLimitsNothingIsDropped() {
    RateLimiter off = new RateLimiter(new RateLimits(0, 0, Duration.ofSeconds(1)));
    assertThat(sent(off, 10_000, 0)).isEqualTo(10_000);
  }

  @Test
  void soManyAsTheLimitAllowsInTheWindow() {
    assertThat(sent(messages, 100, 0)).isEqualTo(20); // 10 a second for 2 s
  }

  @Test
  void oneNoticeForAllThatIsDropped() {
    assertThat(sent(messages, 20, 0)).isEqualTo(20);
    RateLimiter.Verdict first = messages.next(stream(1));
    assertThat(first.sent()).isFalse();
    assertThat(first.notices())
        .singleElement()
        .asString()
        .contains("IOPub message rate exceeded", "--iopub-msg-rate-limit=10");
    assertThat(messages.next(stream(2)).notices()).isEmpty();
  }

  @Test
  void resumesBelowFourFifths() {
    for (int i = 0; i < 20; i++) {
      assertThat(messages.next(stream(i * 10L)).sent()).isTrue();
    }
    assertThat(messages.next(stream(200)).sent()).isFalse();
    // 16 of those are in the window, and this one: over four fifths.
    assertThat(messages.next(stream(2_039)).sent()).isFalse();
    // 14 and this one.
    assertThat(messages.next(stream(2_050)).sent()).isTrue();
  }

  @Test
  void anIdleKernelBeginsAnew() {
    assertThat(sent(messages, 25, 0)).isEqualTo(20);
    Logged idle = logged(1, Channel.IOPUB, "status", "{ \"execution_state\" : \"idle\" }");
    assertThat(messages.next(idle).sent()).isTrue();
    assertThat(sent(messages, 25, 2)).isEqualTo(20);
  }

  @Test
  void stateAndRepliesPass() {
    assertThat(sent(messages, 25, 0)).isEqualTo(20);
    for (String type : List.of("comm_open", "execute_input")) {
      assertThat(messages.next(logged(1, Channel.IOPUB, type, "{}")).sent()).isTrue();
    }
    Logged busy = logged(1, Channel.IOPUB, "status", "{\"execution_state\":\"busy\"}");
    assertThat(messages.next(busy).sent()).isTrue();
    assertThat(messages.next(logged(1, Channel.SHELL, "execute_reply", "{}")).sent()).isTrue();
    assertThat(messages.next(stream(1)).sent()).isFalse();
  }

  @Test
  void bytesOfStreamsOnly() {
    String large = "{\"text\":\"%s\"}".formatted("x".repeat(900));
    assertThat(data.next(logged(0, Channel.IOPUB, "display_data", large + large)).sent()).isTrue();
    assertThat(data.next(logged(0, Channel.IOPUB, "stream", large)).sent()).isTrue();
    RateLimiter.Verdict over = data.next(logged(0, Channel.IOPUB, "stream", large));
    assertThat(over.sent()).isFalse();
    assertThat(over.notices()).singleElement().asString().contains("--iopub-data-rate-limit=500");
    assertThat(data.next(logged(2_000, Channel.IOPUB, "stream", "{}")).sent()).isTrue();
  }
}
