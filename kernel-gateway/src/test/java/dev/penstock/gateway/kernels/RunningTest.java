package dev.penstock.gateway.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RunningTest {
  private static final byte[] HEADER = {'{', '}'};

  @Test
  void theFirstLineIsOneThatSaysSomething() {
    assertThat(line("\n  # a note\n\n  fit(model)\nplot()")).isEqualTo("fit(model)");
    assertThat(line("# only a note")).isEmpty();
  }

  @Test
  void aLongLineIsCut() {
    assertThat(line("x".repeat(5000))).hasSize(201).endsWith("…");
  }

  @Test
  void whatCannotBeReadHasNoLine() {
    assertThat(
            new Running(HEADER, "[".getBytes(StandardCharsets.UTF_8), 0, Instant.EPOCH, 0)
                .firstLine())
        .isEmpty();
  }

  private static String line(String code) {
    byte[] content = Json.bytes(Json.object().put("code", code));
    return new Running(HEADER, content, 0, Instant.EPOCH, 0).firstLine();
  }
}
