package dev.penstock.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.protocol.message.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamMergerTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final MemoryOutputLog log = new MemoryOutputLog(1 << 20);
  private long now;
  private final StreamMerger merger = new StreamMerger(log, () -> now);

  @Test
  void firstTextGoesAtOnceAndWhatFollowsIsOneMessage() {
    merger.append(text("stdout", "a"));
    assertThat(said()).containsExactly("{'name':'stdout','text':'a'}");
    merger.append(text("stdout", "b"));
    merger.append(text("stdout", "\\\"c\\\\"));
    assertThat(said()).hasSize(1);
    assertThat(merger.patience(LONG)).isEqualTo(StreamMerger.WINDOW);
    pass(StreamMerger.WINDOW);
    merger.releaseDue();
    assertThat(said())
        .containsExactly("{'name':'stdout','text':'a'}", "{'name':'stdout','text':'b\\'c\\\\'}");
    assertThat(merger.patience(LONG)).isEqualTo(LONG);
  }

  @Test
  void sparseTextIsNeverHeld() {
    for (int i = 0; i < 5; i++) {
      merger.append(text("stdout", "line"));
      assertThat(said()).hasSize(i + 1);
      pass(StreamMerger.WINDOW);
    }
  }

  @Test
  void textIsNotReleasedBeforeItsTime() {
    merger.append(text("stdout", "a"));
    merger.append(text("stdout", "b"));
    pass(StreamMerger.WINDOW.minusNanos(1));
    merger.releaseDue();
    assertThat(said()).hasSize(1);
  }

  @Test
  void anotherMessageLetsTextGoFirst() {
    merger.append(text("stdout", "a"));
    merger.append(text("stdout", "b"));
    merger.append(entry("clear_output", "P", "{'wait':true}"));
    merger.append(text("stdout", "c"));
    assertThat(said())
        .containsExactly(
            "{'name':'stdout','text':'a'}",
            "{'name':'stdout','text':'b'}",
            "{'wait':true}",
            "{'name':'stdout','text':'c'}");
  }

  @Test
  void streamsInTurnsStayInTurns() {
    for (int i = 0; i < 3; i++) {
      merger.append(text("stdout", "out"));
      merger.append(text("stderr", "err"));
    }
    assertThat(said()).hasSize(6);
    assertThat(said().get(3)).isEqualTo("{'name':'stderr','text':'err'}");
  }

  @Test
  void textOfAnotherRequestIsAnotherMessage() {
    merger.append(text("stdout", "a"));
    merger.append(entry("stream", "Q", "{'name':'stdout','text':'b'}"));
    assertThat(said()).hasSize(2);
  }

  @Test
  void muchTextDoesNotWait() {
    String half = "x".repeat(StreamMerger.LIMIT / 2);
    merger.append(text("stdout", "a"));
    merger.append(text("stdout", half));
    merger.append(text("stdout", half));
    assertThat(said()).as("two halves do not fit together").hasSize(2);
    merger.append(text("stdout", half + half));
    assertThat(said()).as("nothing waits behind a large text").hasSize(4);
  }

  @Test
  void contentOfAnotherFormPassesAsItIs() {
    String more = "{'name':'stdout','text':'a','more':'b'}";
    String spaced = "{'name': 'stdout', 'text': 'a'}";
    String cut = "{'name':'stdout','text':'a\\'}";
    for (String content : List.of(more, spaced, cut, "{}", "")) {
      merger.append(text("stdout", "a"));
      merger.append(entry("stream", "P", content));
      merger.append(entry("stream", "P", content));
      assertThat(said()).endsWith(content, content);
    }
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  /** Contents in the log, with apostrophes for quotes. */
  private List<String> said() {
    return log.read(0, 1000).entries().stream()
        .map(logged ->
            new String(logged.entry().content(), StandardCharsets.UTF_8).replace('"', '\''))
        .toList();
  }

  private static OutputEntry text(String name, String text) {
    return entry("stream", "P", "{'name':'" + name + "','text':'" + text + "'}");
  }

  private static OutputEntry entry(String msgType, String parent, String content) {
    return new OutputEntry(
        Channel.IOPUB,
        msgType,
        utf8(msgType),
        null,
        utf8("header"),
        utf8(parent),
        utf8("{}"),
        utf8(content.replace('\'', '"')),
        List.of());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
