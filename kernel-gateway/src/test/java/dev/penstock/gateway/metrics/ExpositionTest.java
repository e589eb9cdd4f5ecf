package dev.penstock.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.tally.Histogram;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpositionTest {
  private final Exposition out = new Exposition();

  @Test
  void namesFamiliesBeforeTheirSamples() {
    out.family("up", "gauge", "Whether it is up.").sample(1).family("load", "gauge", "Load.");
    out.sample(0.5, Map.of("host", "a", "at", "b"));
    assertThat(text())
        .isEqualTo(
            """
            # HELP up Whether it is up.
            # TYPE up gauge
            up 1
            # HELP load Load.
            # TYPE load gauge
            load{at="b",host="a"} 0.5
            """);
  }

  @Test
  void labelsCannotBreakOut() {
    out.family("x", "gauge", "X.").sample(1, Map.of("name", "a\"b\\c\nd"));
    assertThat(text()).endsWith("x{name=\"a\\\"b\\\\c\\nd\"} 1\n");
  }

  @Test
  void bucketsAreCumulativeAndEndWithAll() {
    Histogram histogram = new Histogram();
    histogram.add(Duration.ofNanos(50_000));
    histogram.add(Duration.ofMillis(3));
    histogram.add(Duration.ofHours(2));
    out.family("took", "histogram", "Took.").histogram(histogram.snapshot(), "stage", "queue");
    assertThat(text())
        .contains("took_bucket{le=\"1.0E-4\",stage=\"queue\"} 1\n")
        .contains("took_bucket{le=\"0.005\",stage=\"queue\"} 2\n")
        .contains("took_bucket{le=\"3600.0\",stage=\"queue\"} 2\n")
        .contains("took_bucket{le=\"+Inf\",stage=\"queue\"} 3\n")
        .contains("took_count{stage=\"queue\"} 3\n");
  }

  private String text() {
    return new String(out.bytes(), StandardCharsets.UTF_8);
  }
}
