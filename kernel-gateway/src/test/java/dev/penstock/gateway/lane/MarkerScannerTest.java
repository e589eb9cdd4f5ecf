package dev.penstock.gateway.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkerScannerTest {
  private static final byte[] NONCE = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** Collects what a scanner finds: adjacent output is one entry, a marker is {@code <number>}. */
  private static final class Found implements MarkerScanner.Sink {
    final List<String> items = new ArrayList<>();
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    @Override
    public void output(byte[] bytes, int offset, int length) {
      text.write(bytes, offset, length);
    }

    @Override
    public void marker(long number) {
      flush();
      items.add("<" + number + ">");
    }

    void flush() {
      if (text.size() > 0) {
        items.add(text.toString(StandardCharsets.ISO_8859_1));
        text.reset();
      }
    }
  }

  @Test
  void separatesTextAndMarkers() {
    MarkerScanner scanner = new MarkerScanner(NONCE);
    assertThat(
            scan(
                scanner,
                concat(ascii("a"), scanner.marker(1), scanner.marker(2), ascii("b")),
                1000))
        .containsExactly("a", "<1>", "<2>", "b");
  }

  @Test
  void aMarkerOfAnotherSessionIsText() {
    byte[] foreign = new MarkerScanner(new byte[16]).marker(7);
    List<String> found = scan(new MarkerScanner(NONCE), foreign, 1000);
    assertThat(found).containsExactly(new String(foreign, StandardCharsets.ISO_8859_1));
  }

  @Test
  void theStartOfAMarkerAtTheEndIsGivenOutWhenTheLaneEnds() {
    MarkerScanner scanner = new MarkerScanner(NONCE);
    byte[] half = Arrays.copyOf(scanner.marker(3), 11);
    assertThat(scan(scanner, half, 1000))
        .containsExactly(new String(half, StandardCharsets.ISO_8859_1));
  }

  /**
   * Whatever is written, in whatever pieces it is read: text and markers come out as they went in.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void anyPiecesGiveTheSame(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      MarkerScanner scanner = new MarkerScanner(NONCE);
      ByteArrayOutputStream lane = new ByteArrayOutputStream();
      List<String> expected = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        if (random.nextBoolean()) {
          byte[] bytes = nasty(random, scanner);
          lane.writeBytes(bytes);
          text.append(new String(bytes, StandardCharsets.ISO_8859_1));
        } else {
          if (!text.isEmpty()) {
            expected.add(text.toString());
            text.setLength(0);
          }
          long number = random.nextLong();
          lane.writeBytes(scanner.marker(number));
          expected.add("<" + number + ">");
        }
      }
      if (!text.isEmpty()) {
        expected.add(text.toString());
      }
      assertThat(scan(scanner, lane.toByteArray(), 1 + random.nextInt(40)))
          .as("seed %d round %d", seed, round)
          .isEqualTo(expected);
    }
  }

  /** Bytes that look like parts of markers, but are none. */
  private static byte[] nasty(Random random, MarkerScanner scanner) {
    byte[] marker = scanner.marker(random.nextLong());
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(marker, 1 + random.nextInt(19));
      case 1 -> new byte[random.nextInt(30)];
      case 2 -> "plain\n".getBytes(StandardCharsets.US_ASCII);
      default -> {
        marker[random.nextInt(20)] ^= 0x10;
        yield marker;
      }
    };
  }

  private static List<String> scan(MarkerScanner scanner, byte[] lane, int piece) {
    Found found = new Found();
    for (int at = 0; at < lane.length; at += piece) {
      byte[] bytes = Arrays.copyOfRange(lane, at, Math.min(lane.length, at + piece));
      scanner.feed(bytes, bytes.length, found);
    }
    scanner.finish(found);
    found.flush();
    return found.items;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
