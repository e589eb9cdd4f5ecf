package dev.penstock.gateway.orphans;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownTextTest {
  @ParameterizedTest
  @CsvSource(
      value = {
        "plain\\nlines\\n|plain\\nlines\\n",
        "10%\\r20%\\r100%|100%",
        "long text\\rshort|shorttext",
        "a\\r\\nb\\r\\n|a\\nb\\n",
        "before\\n1\\r2\\nafter|before\\n2\\nafter",
        "half\\r|half\\r",
        "a\\r\\r\\rb|b",
        "ab\\bc|ac",
        "\\n\\bx|\\nx",
        "\uD83D\uDE00\\b!|!",
        "|",
      },
      delimiter = '|',
      emptyValue = "")
  void whatIsSeen(String text, String seen) {
    assertThat(ShownText.of(unescaped(text))).isEqualTo(unescaped(seen));
  }

  private static String unescaped(String text) {
    return text == null ? "" : text.translateEscapes();
  }
}
