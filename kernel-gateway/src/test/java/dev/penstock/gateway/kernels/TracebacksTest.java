package dev.penstock.gateway.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracebacksTest {
  private static final byte[] NONE = "{}".getBytes(StandardCharsets.UTF_8);

  private static OutputEntry entry(String type, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return new OutputEntry(Channel.IOPUB, type, NONE, null, NONE, NONE, NONE, bytes, List.of());
  }

  private static String shown(OutputEntry entry) {
    return new String(Tracebacks.HIDDEN.of(entry).content(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"error", "penstock_stream_error"})
  void errorsAreHidden(String type) {
    OutputEntry entry =
        entry(type, "{\"ename\": \"Secret\", \"evalue\": \"secret\", \"traceback\": [\"secret\"]}");
    assertThat(shown(entry)).contains("ExecutionError").doesNotContainIgnoringCase("secret");
    assertThat(Tracebacks.SHOWN.of(entry)).isSameAs(entry);
  }

  @Test
  void whatIsNoErrorIsShown() {
    OutputEntry entry = entry("penstock_stream_data", "{\"value\": \"plain\"}");
    assertThat(Tracebacks.HIDDEN.of(entry)).isSameAs(entry);
  }
}
