package dev.penstock.gateway.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real FIFOs, written as a worker and its children would. */
class LanesTest {
  private static final byte[] NONCE = new byte[16];
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private final LaneOrder order = new LaneOrder();
  private final MarkerScanner markers = new MarkerScanner(NONCE);
  private Lanes lanes;
  private FileChannel out;
  private FileChannel err;

  @BeforeEach
  void open() throws Exception {
    Process made =
        new ProcessBuilder("mkfifo", fifo("out").toString(), fifo("err").toString()).start();
    assertThat(made.waitFor()).isZero();
    lanes =
        Lanes.open(
            fifo("out"), fifo("err"), NONCE, order, (lane, text) -> seen.add(lane + ":" + text));
    out = FileChannel.open(fifo("out"), StandardOpenOption.WRITE);
    err = FileChannel.open(fifo("err"), StandardOpenOption.WRITE);
  }

  @AfterEach
  void close() throws IOException {
    lanes.finish(Duration.ofSeconds(5));
    out.close();
    err.close();
  }

  @Test
  void textAfterAMarkerWaitsForTheFrame() throws Exception {
    write(out, "before");
    mark(1);
    write(out, "after");
    assertThat(order.awaitLanes(1, LONG)).isTrue();
    assertThat(next()).isEqualTo("OUT:before");
    assertThat(seen).isEmpty();
    order.frameDelivered(1);
    assertThat(next()).isEqualTo("OUT:after");
  }

  @Test
  void aLostMarkerDoesNotHang() throws Exception {
    out.write(ByteBuffer.wrap(markers.marker(1)));
    assertThat(order.awaitLanes(1)).as("the err lane never got its marker").isFalse();
    order.frameDelivered(1);
    write(out, "goes on");
    assertThat(next()).isEqualTo("OUT:goes on");
  }

  @Test
  void aCodePointCutByAReadStaysWhole() throws Exception {
    byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
    err.write(ByteBuffer.wrap(euro, 0, 2));
    mark(1);
    assertThat(order.awaitLanes(1, LONG)).isTrue();
    order.frameDelivered(1);
    err.write(ByteBuffer.wrap(euro, 2, 1));
    assertThat(next()).isEqualTo("ERR:€");
  }

  @Test
  void finishDeliversWhatTheFifosHold() throws Exception {
    String big = "x".repeat(50_000);
    write(out, big);
    write(err, "last words");
    lanes.finish(Duration.ofSeconds(5));
    assertThat(String.join("", seen)).contains("ERR:last words");
    assertThat(seen.stream().filter(s -> s.startsWith("OUT:")).mapToInt(s -> s.length() - 4).sum())
        .isEqualTo(big.length());
  }

  private void mark(long number) throws IOException {
    for (FileChannel lane : List.of(out, err)) {
      lane.write(ByteBuffer.wrap(markers.marker(number)));
    }
  }

  private static void write(FileChannel lane, String text) throws IOException {
    lane.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String next() throws InterruptedException {
    return String.valueOf(seen.poll(10, TimeUnit.SECONDS));
  }

  private Path fifo(String name) {
    return directory.resolve(name);
  }
}
