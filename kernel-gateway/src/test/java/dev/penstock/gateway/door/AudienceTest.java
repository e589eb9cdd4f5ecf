package dev.penstock.gateway.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.protocol.connection.ConnectionInfo;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class AudienceTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Audiences audiences = new Audiences();

  private static ConnectionInfo at(int iopub, String key) {
    return new ConnectionInfo(
        "tcp", "127.0.0.1", 1, iopub, 3, 4, 5, key, "hmac-sha256", null, null);
  }

  @Test
  void aNewKernelWaitsForNobody() {
    Audience audience = new Audience(audiences, at(2, "key"));

    assertThat(audience.isAwaited()).isFalse();
    assertThat(audience.patience(LONG)).isEqualTo(LONG);
  }

  @Test
  void afterARestartAsManyAreAwaitedAsThereWere() {
    new Audience(audiences, at(2, "key")).leave(2);

    Audience audience = new Audience(audiences, at(2, "key"));
    assertThat(audience.isAwaited()).isTrue();
    assertThat(audience.patience(LONG)).isLessThan(LONG);
    audience.came();
    assertThat(audience.isAwaited()).isTrue();
    audience.came();
    assertThat(audience.isAwaited()).isFalse();
    assertThat(audience.patience(LONG)).isEqualTo(LONG);
  }

  @Test
  void anotherKernelOnThePortWaitsForNobody() {
    new Audience(audiences, at(2, "key")).leave(1);

    assertThat(new Audience(audiences, at(2, "another key")).isAwaited()).isFalse();
    assertThat(new Audience(audiences, at(3, "key")).isAwaited()).isFalse();
  }

  @Test
  void anAudienceIsExpectedOnce() {
    new Audience(audiences, at(2, "key")).leave(1);

    assertThat(new Audience(audiences, at(2, "key")).isAwaited()).isTrue();
    assertThat(new Audience(audiences, at(2, "key")).isAwaited()).isFalse();
  }

  @Test
  void aKernelWithoutListenersLeavesNone() {
    new Audience(audiences, at(2, "key")).leave(0);

    assertThat(new Audience(audiences, at(2, "key")).isAwaited()).isFalse();
  }
}
