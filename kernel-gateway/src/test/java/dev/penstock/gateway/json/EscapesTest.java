package dev.penstock.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EscapesTest {
  private static final long SEED = 20_261_121;

  @Test
  void findsWhatALoopFinds() {
    Random random = new Random(SEED);
    for (int round = 0; round < 5_000; round++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      for (int i = random.nextInt(30); i < bytes.length; i += 1 + random.nextInt(30)) {
        bytes[i] = (byte) (random.nextBoolean() ? '"' : '\\');
      }
      for (int from = 0; from <= bytes.length; from++) {
        assertThat(Escapes.next(bytes, from)).isEqualTo(loop(bytes, from));
      }
    }
  }

  @Test
  void isNotMisledByNeighbours() {
    // Bytes that differ from what is looked for by one bit, where a borrow could come from.
    for (String text : new String[] {"\"#######", "\\]]]]]]]", "#\"######", "]\\\"]]]]]]"}) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      for (int from = 0; from <= bytes.length; from++) {
        assertThat(Escapes.next(bytes, from)).isEqualTo(loop(bytes, from));
      }
    }
  }

  private static int loop(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != '"' && bytes[at] != '\\') {
      at++;
    }
    return at;
  }
}
