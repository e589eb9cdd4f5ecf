package dev.penstock.gateway.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatIsWrittenIsRead(long seed) throws IOException {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      Frame frame = frame(random);
      Frame read =
          Objects.requireNonNull(
              reader(bytes(frame), 1 + random.nextInt(64)).read(),
              "seed " + seed + " round " + round);
      assertThat(read.type()).isEqualTo(frame.type());
      assertThat(read.flags()).isEqualTo(frame.flags());
      assertThat(read.number()).isEqualTo(frame.number());
      assertThat(read.marker()).isEqualTo(frame.marker());
      assertThat(read.parts()).hasSameSizeAs(frame.parts());
      for (int i = 0; i < frame.parts().size(); i++) {
        assertThat(read.parts().get(i)).isEqualTo(frame.parts().get(i));
      }
    }
  }

  /**
   * Any bytes: a frame, the end, or an IOException; nothing else, and no allocation of what was
   * only announced.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anyBytesAreRefusedOrRead(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = random.nextBoolean() ? bytes(frame(random)) : new byte[random.nextInt(80)];
      if (bytes.length > 0) {
        for (int i = random.nextInt(4); i >= 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      FrameReader reader = reader(bytes, 64);
      try {
        Frame frame = reader.read();
        assertThat(frame == null || frame.bytes() <= bytes.length).isTrue();
      } catch (IOException e) {
        assertThat(e.getMessage()).as("seed %d round %d", seed, round).isNotBlank();
      }
    }
  }

  @Test
  void aHugeLengthIsRefusedBeforeAnythingIsAllocated() {
    byte[] header = ByteBuffer.allocate(24).putInt(-1).array();
    assertThatThrownBy(() -> reader(header, 64).read())
        .isInstanceOf(LinkProtocolException.class)
        .hasMessageContaining("out of range");
  }

  @Test
  void aReplyWithoutItsPartsIsRefused() {
    byte[] bytes = bytes(new Frame(FrameType.REPLY, 0, 1, List.of(new byte[1])));
    assertThatThrownBy(() -> reader(bytes, 64).read())
        .isInstanceOf(LinkProtocolException.class)
        .hasMessageContaining("only 1 parts");
  }

  @Test
  void theEndBetweenFramesIsNoError() throws IOException {
    assertThat(reader(new byte[0], 64).read()).isNull();
  }

  private static Frame frame(Random random) {
    List<FrameType> types = List.of(FrameType.values());
    FrameType type = types.get(random.nextInt(types.size()));
    List<byte[]> parts = new ArrayList<>();
    for (int i = type.leastParts() + random.nextInt(4); i > 0; i--) {
      byte[] part =
          new byte[random.nextInt(10) == 0 ? random.nextInt(100_000) : random.nextInt(50)];
      random.nextBytes(part);
      parts.add(part);
    }
    return new Frame(type, random.nextInt(256), random.nextLong(), random.nextLong(), parts);
  }

  private static byte[] bytes(Frame frame) {
    ByteBuffer encoded = FrameWriter.encode(frame);
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return bytes;
  }

  private static FrameReader reader(byte[] bytes, int buffer) {
    ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(bytes));
    return new FrameReader(channel, buffer);
  }
}
