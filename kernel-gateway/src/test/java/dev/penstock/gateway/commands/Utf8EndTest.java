package dev.penstock.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8EndTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "ä", "€", "😀"})
  void aCharacterIsLeftUntilItIsWhole(String character) {
    byte[] bytes = ("x" + character).getBytes(StandardCharsets.UTF_8);
    for (int length = 1; length < bytes.length; length++) {
      assertThat(Utf8End.whole(bytes, length)).isEqualTo(1);
    }
    assertThat(Utf8End.whole(bytes, bytes.length)).isEqualTo(bytes.length);
  }

  @Test
  void whatCanBecomeNoCharacterIsNotLeft() {
    byte[] late = {'x', (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80};
    assertThat(Utf8End.whole(late, late.length)).isEqualTo(late.length);
    byte[] never = {'x', (byte) 0xff};
    assertThat(Utf8End.whole(never, 2)).isEqualTo(2);
    assertThat(Utf8End.whole(new byte[0], 0)).isZero();
  }
}
