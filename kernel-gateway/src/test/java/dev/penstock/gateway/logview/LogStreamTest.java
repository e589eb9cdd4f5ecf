package dev.penstock.gateway.logview;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.kernels.Cells;
import dev.penstock.gateway.kernels.Tracebacks;
import dev.penstock.gateway.session.MemoryOutputLog;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.tally.Tally;
import dev.penstock.protocol.message.Channel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogStreamTest {
  private static final byte[] EMPTY = bytes("{}");

  private final MemoryOutputLog log = new MemoryOutputLog(2000);

  @Test
  void whatIsGoneIsTold() throws Exception {
    for (int i = 0; i < 100; i++) {
      log.append(entry("{\"n\":" + i + "}"));
      log.trim(log.next());
    }
    long first = log.read(0, 1).first();
    assertThat(first).isPositive();
    assertThat(told(LogFormat.JSON, 0)).endsWith("],\"next\":100,\"lost\":" + first + "}\n");
    assertThat(told(LogFormat.LINES, 0))
        .startsWith("{\"lost\":" + first + ",\"from\":0}\n{\"seq\":" + first);
    assertThat(told(LogFormat.EVENTS, 0))
        .contains(
            "event: gap\ndata: {\"lost\":" + first + ",\"from\":0}\n\nid: " + first + "\ndata: {")
        .endsWith("event: end\ndata: {\"next\":100}\n\n");
    assertThat(told(LogFormat.JSON, 99)).endsWith("\"lost\":0}\n");
  }

  @Test
  void contentStaysOnItsLineAndIsNotChanged() throws Exception {
    log.append(entry("{\n  \"text\": \"a\\nb \\ud800\",\r\n  \"n\": 1e999\n}"));
    assertThat(told(LogFormat.LINES, 0))
        .hasLineCount(1)
        .contains("\"content\":{   \"text\": \"a\\nb \\ud800\",    \"n\": 1e999 }}");
  }

  @Test
  void questionsForInputAreNotTold() throws Exception {
    byte[] none = {};
    log.append(
        new OutputEntry(
            Channel.STDIN, "input_request", none, null, EMPTY, EMPTY, EMPTY, EMPTY, List.of()));
    assertThat(told(LogFormat.JSON, 0)).isEqualTo("{\"entries\":[],\"next\":1,\"lost\":0}\n");
  }

  private String told(LogFormat format, long from) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogQuery query = new LogQuery(from, Long.MAX_VALUE, null, null, format == LogFormat.EVENTS);
    LogSource source = new LogSource(log, new Cells(), new Tally(), () -> true);
    new LogStream(source, query, Tracebacks.SHOWN, format.writer(out)).run();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static OutputEntry entry(String content) {
    byte[] none = {};
    return new OutputEntry(
        Channel.IOPUB, "data", none, null, EMPTY, EMPTY, EMPTY, bytes(content), List.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
