package dev.penstock.gateway.websocket;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Message;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** Both protocols of the WebSocket (WS-10 to WS-23). */
final class WiresTest {
  private static final Wire KERNEL = new KernelWire();
  private static final Wire DEFAULT = new DefaultWire();

  static List<Wire> wires() {
    return List.of(KERNEL, DEFAULT);
  }

  /** A call that gives a message, nothing or the declared exception. */
  private interface Decoding {
    @Nullable Envelope run() throws FrameException;
  }

  private static void assertDecodes(Decoding decoding) {
    try {
      Envelope envelope = decoding.run();
      if (envelope != null) {
        assertThat(envelope.channel()).isNotIn(Channel.IOPUB, Channel.HEARTBEAT);
      }
    } catch (FrameException e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\n").hasSizeLessThan(120);
    }
  }

  @ParameterizedTest
  @MethodSource("wires")
  void anyBytesGiveAMessageNothingOrTheDeclaredException(Wire wire) {
    Frames.check(frames -> {
      ByteBuffer binary = frames.binary();
      assertDecodes(() -> wire.decode(binary));
    });
  }

  @ParameterizedTest
  @MethodSource("wires")
  void anyTextGivesAMessageNothingOrTheDeclaredException(Wire wire) {
    Frames.check(frames -> {
      String text = frames.text();
      assertDecodes(() -> wire.decode(text));
    });
  }

  @ParameterizedTest
  @MethodSource("wires")
  void whatIsEncodedIsDecodedByteForByte(Wire wire) {
    Frames.check(frames -> {
      OutputEntry entry = entry(frames, frames.one(List.of(Channel.SHELL, Channel.STDIN)));
      Wire.Outgoing frame = wire.encode(entry);
      ByteBuffer binary = frame.binary();
      Envelope read =
          requireNonNull(
              binary == null ? wire.decode(String.valueOf(frame.text())) : wire.decode(binary));
      assertThat(read.channel()).isEqualTo(entry.channel());
      assertThat(parts(read.message()))
          .containsExactly(entry.header(), entry.parentHeader(), entry.metadata(), entry.content());
      assertThat(read.message().buffers()).containsExactlyElementsOf(entry.buffers());
    });
  }

  @Test
  void theDefaultProtocolIsTextWithoutBuffersAndNamesIdAndTypeTwice() throws Exception {
    OutputEntry entry = entry("{\"msg_id\":\"m\\\"1\",\"msg_type\":\"status\"}", List.of());
    ObjectNode json = Json.readObject(Frames.utf8(String.valueOf(DEFAULT.encode(entry).text())));
    assertThat(Json.text(json, "msg_id")).isEqualTo("m\"1");
    assertThat(Json.text(json, "msg_type")).isEqualTo("status");
    assertThat(Json.text(json, "channel")).isEqualTo("iopub");
    assertThat(json.path("buffers").isEmpty()).isTrue();
    OutputEntry withBuffers = entry("{}", List.of(new byte[3]));
    assertThat(DEFAULT.encode(withBuffers).text()).isNull();
  }

  @Test
  void theKernelProtocolIsLittleEndianAndEndsWithTheLength() {
    ByteBuffer frame = requireNonNull(KERNEL.encode(entry("{}", List.of(new byte[3]))).binary());
    ByteBuffer numbers = frame.order(ByteOrder.LITTLE_ENDIAN);
    assertThat(numbers.getLong(0)).isEqualTo(7);
    assertThat(numbers.getLong(8)).isEqualTo(64);
    assertThat(numbers.getLong(56)).isEqualTo(frame.limit());
  }

  @Test
  void whatNobodyMaySendOnIsIgnored() throws Exception {
    for (String channel : List.of("iopub", "heartbeat", "SHELL", "")) {
      assertThat(DEFAULT.decode("{\"channel\":\"" + channel + "\",\"header\":{}}")).isNull();
    }
    assertThat(DEFAULT.decode("{\"channel\":null,\"header\":{}}")).isNotNull();
  }

  @Test
  void whatIsNoObjectCountsAsEmpty() throws Exception {
    Envelope read =
        requireNonNull(
            DEFAULT.decode(
                "{\"header\":{},\"parent_header\":null,\"metadata\":[{}],\"buffers\":{}}"));
    assertThat(parts(read.message())).containsOnly(Frames.utf8("{}"));
  }

  @Test
  void numbersOfPartsAreBounded() {
    int many = Wire.MOST_PARTS + 1;
    ByteBuffer wide = ByteBuffer.allocate(8 * (many + 1)).order(ByteOrder.LITTLE_ENDIAN);
    wide.putLong(0, many);
    assertThatThrownBy(() -> KERNEL.decode(wide)).isInstanceOf(FrameException.class);
    ByteBuffer narrow = ByteBuffer.allocate(4 * (many + 1)).putInt(0, many);
    assertThatThrownBy(() -> DEFAULT.decode(narrow)).isInstanceOf(FrameException.class);
  }

  private static List<byte[]> parts(Message message) {
    return List.of(message.header(), message.parentHeader(), message.metadata(), message.content());
  }

  private static OutputEntry entry(Frames frames, Channel channel) {
    byte[] header = Frames.utf8("{\"msg_type\":\"x\", \"msg_id\":\"" + frames.channel() + "\"}");
    List<byte[]> buffers = new ArrayList<>(frames.buffers());
    return new OutputEntry(
        channel,
        "x",
        new byte[0],
        null,
        header,
        frames.object(),
        frames.object(),
        frames.object(),
        buffers);
  }

  private static OutputEntry entry(String header, List<byte[]> buffers) {
    byte[] empty = Frames.utf8("{}");
    return new OutputEntry(
        Channel.IOPUB,
        "status",
        new byte[0],
        null,
        Frames.utf8(header),
        empty,
        empty,
        empty,
        buffers);
  }
}
