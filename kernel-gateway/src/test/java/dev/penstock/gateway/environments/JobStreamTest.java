package dev.penstock.gateway.environments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.logview.LogFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class JobStreamTest {
  private final JobEvents events = new JobEvents();

  @Test
  void manyEventsLoseTheFirstOnes() throws Exception {
    tell(10_000);
    events.end();
    long first = events.read(0).first();
    assertThat(first).isBetween(1L, 8000L);
    assertThat(told(LogFormat.JSON, 0)).endsWith("],\"next\":10000,\"lost\":" + first + "}\n");
    assertThat(told(LogFormat.LINES, 0))
        .startsWith("{\"lost\":" + first + ",\"from\":0}\n{\"seq\":" + first + ",");
    assertThat(told(LogFormat.LINES, 9_999)).startsWith("{\"seq\":9999,").hasLineCount(1);
  }

  @Test
  void aClientThatIsAheadGetsNothingThatItHas() throws Exception {
    tell(3);
    CompletableFuture<String> text = CompletableFuture.supplyAsync(() -> follow(4));
    tell(3);
    events.end();
    assertThat(text.get()).startsWith("{\"seq\":4,").hasLineCount(2);
  }

  @Test
  void nobodyWaitsForWhatIsOver() throws Exception {
    assertThat(events.await(0, Duration.ofMillis(1))).isFalse();
    events.end();
    assertThat(events.await(0, Duration.ofDays(1))).isTrue();
    JobStream stream = new JobStream(LogFormat.EVENTS, 0, true);
    assertThat(stream.hasAll(events)).isTrue();
    assertThat(new JobStream(LogFormat.LINES, 0, true).hasAll(events)).isFalse();
  }

  private void tell(int count) {
    for (int i = 0; i < count; i++) {
      events.add(Json.object().put("event", "progress"));
    }
  }

  private String follow(long from) {
    try {
      return told(LogFormat.LINES, from);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private String told(LogFormat format, long from) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new JobStream(format, from, format != LogFormat.JSON).write(events, out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
