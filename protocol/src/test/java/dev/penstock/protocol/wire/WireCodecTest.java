package dev.penstock.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.protocol.Gen;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import dev.penstock.protocol.message.WireException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WireCodecTest {

  private static final int FIRST_BUFFER = 7; // identity, delimiter, signature, four parts

  private static WireCodec codec(String key) {
    return new WireCodec(Signer.of("hmac-sha256", key), new ReplayGuard());
  }

  @Test
  void anyFramesGiveAMessageOrTheDeclaredException() {
    WireCodec signed = codec("key");
    WireCodec unsigned = codec("");
    Gen.check(gen -> {
      List<byte[]> frames = gen.frames();
      for (WireCodec codec : List.of(signed, unsigned)) {
        try {
          Header.parse(codec.decode(frames).header());
        } catch (WireException e) {
          assertThat(e.getMessage()).doesNotContain("\n").isNotBlank();
        }
      }
    });
  }

  @Test
  void bytesInAreBytesOut() {
    Gen.check(gen -> {
      Message sent = message(gen);
      Message received = codec("key").decode(codec("key").encode(sent));
      assertThat(parts(received)).isDeepEqualTo(parts(sent));
      assertThat(received.identities()).containsExactlyElementsOf(sent.identities());
      assertThat(received.buffers()).containsExactlyElementsOf(sent.buffers());
    });
  }

  @Test
  void oneChangedBitIsRefused() {
    Gen.check(gen -> {
      Message sent = message(gen).withIdentities(List.of(new byte[] {1}));
      List<byte[]> frames = new ArrayList<>(codec("key").encode(sent));
      int index = 2 + gen.number(FIRST_BUFFER - 2);
      byte[] changed = frames.get(index).clone();
      changed[gen.number(changed.length)] ^= (byte) (1 << gen.number(8));
      frames.set(index, changed);
      assertReason(codec("key"), frames, Reason.BAD_SIGNATURE);
    });
  }

  @Test
  void aMessageIsTakenOnce() throws WireException {
    WireCodec codec = codec("key");
    List<byte[]> frames = codec("key").encode(simple());
    codec.decode(frames);
    assertReason(codec, frames, Reason.REPLAYED);
  }

  @Test
  void aForgedMessageDoesNotBlockTheTrueOne() throws WireException {
    WireCodec codec = codec("key");
    List<byte[]> frames = codec("key").encode(simple());
    List<byte[]> forged = new ArrayList<>(frames);
    forged.set(2, "{\"forged\":1}".getBytes(StandardCharsets.US_ASCII));
    assertReason(codec, forged, Reason.BAD_SIGNATURE);
    assertThat(codec.decode(frames).header()).isEqualTo(simple().header());
  }

  @Test
  void unsignedMessagesMayRepeat() throws WireException {
    WireCodec codec = codec("");
    List<byte[]> frames = codec.encode(simple());
    assertThat(frames.get(1)).isEmpty();
    codec.decode(frames);
    assertThat(codec.decode(frames).content()).isEqualTo(simple().content());
  }

  @Test
  void everythingBeforeTheFirstDelimiterIsIdentity() throws WireException {
    byte[] delimiter = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);
    Message sent =
        new Message(
            List.of(new byte[] {0}, new byte[0]),
            simple().header(),
            simple().parentHeader(),
            simple().metadata(),
            simple().content(),
            List.of(delimiter));
    Message received = codec("key").decode(codec("key").encode(sent));
    assertThat(received.identities()).hasSize(2);
    assertThat(received.buffers()).containsExactly(delimiter);
  }

  @Test
  void refusesWhatIsNoMessage() {
    assertReason(codec(""), List.of(), Reason.NO_DELIMITER);
    assertReason(codec(""), List.of(new byte[0]), Reason.NO_DELIMITER);
    List<byte[]> frames = codec("").encode(simple());
    assertReason(codec(""), frames.subList(0, 5), Reason.TOO_SHORT);
    List<byte[]> pickled = new ArrayList<>(frames);
    pickled.set(5, new byte[] {(byte) 0x80, 4, '}'});
    assertReason(codec(""), pickled, Reason.MALFORMED);
  }

  private static void assertReason(WireCodec codec, List<byte[]> frames, Reason reason) {
    assertThatThrownBy(() -> codec.decode(frames))
        .isInstanceOfSatisfying(WireException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static Message simple() {
    return Message.of(
        "{\"msg_id\":\"1\"}".getBytes(StandardCharsets.US_ASCII),
        new byte[] {'{', '}'},
        Message.EMPTY_OBJECT);
  }

  private static Message message(Gen gen) {
    List<byte[]> identities = new ArrayList<>();
    List<byte[]> buffers = new ArrayList<>();
    for (int i = gen.number(3); i > 0; i--) {
      identities.add(gen.bytes(20));
      buffers.add(gen.bytes(1_000));
    }
    return new Message(identities, gen.object(), gen.object(), gen.object(), gen.object(), buffers);
  }

  private static byte[][] parts(Message m) {
    return new byte[][] {m.header(), m.parentHeader(), m.metadata(), m.content()};
  }
}
