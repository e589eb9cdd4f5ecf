package dev.penstock.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ReplayGuardTest {

  @Test
  void forgetsATenthWhenFullAndNeverGrows() {
    ReplayGuard guard = new ReplayGuard(1_000, new SplittableRandom(1));
    for (int i = 0; i < 10_000; i++) {
      assertThat(guard.accept(signature(i))).isTrue();
      assertThat(guard.size()).isLessThanOrEqualTo(1_000);
    }
    assertThat(guard.size()).isBetween(900, 1_000);
  }

  @Test
  void remembersUpToItsCapacity() {
    ReplayGuard guard = new ReplayGuard();
    for (int i = 0; i < ReplayGuard.DEFAULT_CAPACITY; i++) {
      assertThat(guard.accept(signature(i))).isTrue();
    }
    assertThat(guard.accept(signature(0))).isFalse();
    assertThat(guard.accept(signature(ReplayGuard.DEFAULT_CAPACITY - 1))).isFalse();
  }

  @Test
  void noneRemembersNothing() {
    ReplayGuard none = ReplayGuard.none();
    assertThat(none.accept(signature(1))).isTrue();
    assertThat(none.accept(signature(1))).isTrue();
    assertThat(none.size()).isZero();
  }

  private static byte[] signature(int n) {
    return Integer.toString(n).getBytes(StandardCharsets.US_ASCII);
  }
}
