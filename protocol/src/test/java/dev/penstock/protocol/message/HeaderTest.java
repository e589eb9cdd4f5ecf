package dev.penstock.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.protocol.Gen;
import dev.penstock.protocol.Protocol;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeaderTest {

  private static Header parse(String json) throws WireException {
    return Header.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsTheFieldsOfTheSpec() throws WireException {
    assertThat(
            parse(
                """
                {"msg_id": "m1", "session": "s", "username": "é", "date": "2026-01-01T00:00:00Z",
                 "msg_type": "execute_request", "version": "5.5", "subshell_id": "sub"}
                """))
        .isEqualTo(
            new Header("m1", "s", "é", "2026-01-01T00:00:00Z", "execute_request", "5.5", "sub"));
  }

  @Test
  void missingOrForeignFieldsAreEmpty() throws WireException {
    assertThat(parse("{\"msg_id\": 7, \"date\": 1767225600.5, \"session\": null}"))
        .isEqualTo(new Header("", "", "", "", "", "", null));
  }

  @Test
  void unknownFieldsAreSkippedAndTheLastOfTwinsCounts() throws WireException {
    Header header =
        parse("{\"msg_id\": {\"msg_id\": [\"x\"]}, \"new\": [{}], \"msg_id\": \"1\", \"n\": 1}");
    assertThat(header.msgId()).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "[]", "{", "{}{}", "{} x", "{\"a\":NaN}", "\"{}\"", "{'a':1}"})
  void anythingElseIsRefused(String json) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(WireException.class);
  }

  @Test
  void brokenUtf8AndDeepNestingAreRefused() {
    assertThatThrownBy(() -> Header.parse(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}))
        .isInstanceOf(WireException.class);
    assertThatThrownBy(() -> parse("{\"a\":" + "[".repeat(100_000)))
        .isInstanceOf(WireException.class);
  }

  @Test
  void madeHeadersCanBeRead() {
    Gen.check(gen -> {
      String session = gen.text().replace("\ud800", "");
      HeaderFactory factory = new HeaderFactory(session, session);
      Header header = Header.parse(factory.next("stream"));
      assertThat(header.session()).isEqualTo(session);
      assertThat(header.username()).isEqualTo(session);
      assertThat(header.msgType()).isEqualTo("stream");
      assertThat(header.version()).isEqualTo(Protocol.VERSION);
    });
  }
}
