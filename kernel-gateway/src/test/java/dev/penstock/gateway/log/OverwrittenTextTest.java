package dev.penstock.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverwrittenTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain                | plain",
        "\\r10%\\r20%\\r30%   | \\r30%",
        "a\\r1%\\r2%\\n       | a\\r2%\\n",
        "\\n1%\\r2%\\nx       | \\n2%\\nx",
        "\\nlonger\\rshort    | \\nlonger\\rshort",
        "\\nlonger\\rmid\\rto | \\nlonger\\rmid\\rto",
        "\\n12345\\r1\\r123   | \\n12345\\r123",
        "\\n50%\\r            | \\n50%\\r",
        "\\nend\\r\\n         | \\nend\\r\\n",
        "\\n█▌\\r██           | \\n██",
        "\\n\\\\r1\\r12       | \\n\\\\r1\\r12",
        "\\n\\u001b[31mx\\r\\u001b[32myyyyyyyyyyyyy | \\n\\u001b[31mx\\r\\u001b[32myyyyyyyyyyyyy",
        "\\na\\b\\rbbb         | \\na\\b\\rbbb",
      })
  void removesWhatNobodySees(String text, String seen) {
    assertThat(removed(text)).isEqualTo(seen);
  }

  /** Whatever stood before and whatever comes after it. */
  @Test
  void showsTheSame() {
    Random random = new Random(5);
    long saved = 0;
    for (int i = 0; i < 5000; i++) {
      String before = text(random, 3);
      String text = text(random, 30);
      String after = text(random, 3);
      String less = removed(text);
      assertThat(screen(before + less + after)).as(text).isEqualTo(screen(before + text + after));
      saved += text.length() - less.length();
    }
    assertThat(saved).isPositive();
  }

  private static String text(Random random, int parts) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(parts); i > 0; i--) {
      switch (random.nextInt(5)) {
        case 0 -> text.append("\\n");
        case 1, 2 -> text.append("\\r");
        default -> text.append("xyzäö█".substring(random.nextInt(6)));
      }
    }
    return text.toString();
  }

  /** What a terminal shows, and where its cursor stands. */
  private static String screen(String escaped) {
    StringBuilder done = new StringBuilder();
    StringBuilder line = new StringBuilder();
    int column = 0;
    for (char c : escaped.replace("\\n", "\n").replace("\\r", "\r").toCharArray()) {
      if (c == '\n') {
        done.append(line).append('\n');
        line.setLength(0);
        column = 0;
      } else if (c == '\r') {
        column = 0;
      } else {
        line.replace(column, Math.min(line.length(), column + 1), Character.toString(c));
        column++;
      }
    }
    return done.append(line).append('@').append(column).toString();
  }

  private static String removed(String escaped) {
    byte[] less = OverwrittenText.removed(escaped.getBytes(StandardCharsets.UTF_8));
    return new String(less, StandardCharsets.UTF_8);
  }
}
