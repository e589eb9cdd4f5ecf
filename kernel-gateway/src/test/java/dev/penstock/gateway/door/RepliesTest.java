package dev.penstock.gateway.door;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RepliesTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final byte[] CELL = "{\"msg_type\":\"execute_request\",\"n\":1}".getBytes(UTF_8);
  private static final byte[] OTHER = "{\"msg_type\":\"execute_request\",\"n\":2}".getBytes(UTF_8);
  private static final byte[] EVENT = "{\"msg_type\":\"comm_msg\"}".getBytes(UTF_8);

  private final List<String> sent = new ArrayList<>();
  private final Replies replies =
      new Replies(frames -> sent.add(new String(frames.getFirst(), UTF_8)));

  private static OutputEntry published(String type, byte[] parent, String content) {
    byte[] none = new byte[0];
    return new OutputEntry(
        Channel.IOPUB, type, none, null, none, parent, none, content.getBytes(UTF_8), List.of());
  }

  private void capture(byte[] parent) {
    replies.published(published("comm_msg", parent, "{\"state\": {\"msg_id\": \"abc\"}}"));
  }

  private void send(byte[] parent, String reply) {
    replies.send(parent, List.of(reply.getBytes(UTF_8)));
  }

  @Test
  void aReplyGoesOutAtOnce() {
    replies.published(published("stream", CELL, "{}"));
    send(CELL, "reply");

    assertThat(sent).containsExactly("reply");
    assertThat(replies.patience(LONG)).isEqualTo(LONG);
  }

  @Test
  void aReplyToACellWithACaptureWaits() {
    capture(CELL);
    send(CELL, "reply");

    assertThat(sent).isEmpty();
    assertThat(replies.patience(LONG)).isLessThan(LONG);
  }

  @Test
  void itIsSentWhenItsTimeHasCome() {
    capture(CELL);
    send(CELL, "reply");
    while (!replies.patience(LONG).isZero()) {
      assertThat(replies.patience(LONG)).isLessThan(LONG);
      Thread.onSpinWait();
    }
    replies.sendDue();

    assertThat(sent).containsExactly("reply");
  }

  @Test
  void laterRepliesStayBehindIt() {
    capture(CELL);
    send(CELL, "first");
    send(OTHER, "second");
    assertThat(sent).isEmpty();

    replies.sendAll();
    assertThat(sent).containsExactly("first", "second");
    send(OTHER, "third");
    assertThat(sent).containsExactly("first", "second", "third");
  }

  @Test
  void aCaptureByACallbackHoldsNothing() {
    capture(EVENT);
    send(CELL, "reply");

    assertThat(sent).containsExactly("reply");
  }
}
