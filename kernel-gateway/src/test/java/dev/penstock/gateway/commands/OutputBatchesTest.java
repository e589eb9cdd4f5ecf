package dev.penstock.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.lane.Lane;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutputBatchesTest {
  private record Piece(Lane lane, String text) {}

  private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(1 << 12);

  private OutputBatches batches(boolean cutsAnywhere) {
    return new OutputBatches(
        (lane, bytes) ->
            pieces.add(new Piece(lane, new String(bytes, StandardCharsets.ISO_8859_1))),
        cutsAnywhere);
  }

  private static Thread start(OutputBatches batches) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            batches.run();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void write(OutputBatches batches, Lane lane, String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    batches.written(lane, bytes, 0, bytes.length);
  }

  @Test
  void theStreamsKeepTheirOrder() throws Exception {
    OutputBatches batches = batches(true);
    Thread thread = start(batches);
    write(batches, Lane.OUT, "a");
    write(batches, Lane.ERR, "b");
    write(batches, Lane.OUT, "c");
    batches.end();
    thread.join();
    assertThat(pieces)
        .containsExactly(
            new Piece(Lane.OUT, "a"), new Piece(Lane.ERR, "b"), new Piece(Lane.OUT, "c"));
  }

  @Test
  void whatWaitsIsBounded() throws Exception {
    OutputBatches batches = batches(true);
    String piece = "x".repeat(40 << 10);
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                write(batches, Lane.OUT, piece);
                write(batches, Lane.OUT, piece);
                batches.end();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(writer.join(java.time.Duration.ofMillis(100))).isFalse();
    start(batches).join();
    List<Piece> all = new ArrayList<>(pieces);
    assertThat(all).extracting(one -> one.text().length()).containsExactly(40 << 10, 40 << 10);
  }

  @Test
  void aBegunCharacterWaitsForItsStream() throws Exception {
    OutputBatches batches = batches(false);
    Thread thread = start(batches);
    write(batches, Lane.OUT, "\u00e2\u0082");
    write(batches, Lane.ERR, "e");
    assertThat(pieces.poll(30, TimeUnit.SECONDS)).isEqualTo(new Piece(Lane.ERR, "e"));
    write(batches, Lane.OUT, "\u00ac!");
    assertThat(pieces.poll(30, TimeUnit.SECONDS))
        .isEqualTo(new Piece(Lane.OUT, "\u00e2\u0082\u00ac!"));
    write(batches, Lane.OUT, "\u00c3");
    batches.end();
    thread.join();
    assertThat(pieces).containsExactly(new Piece(Lane.OUT, "\u00c3"));
  }

  @Test
  void manySmallWritesAreWholeAndFewPieces() throws Exception {
    OutputBatches batches = batches(true);
    Thread thread = start(batches);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int n = 0; n < 100_000; n++) {
      String line = n + "\n";
      all.writeBytes(line.getBytes(StandardCharsets.ISO_8859_1));
      write(batches, Lane.OUT, line);
    }
    batches.end();
    thread.join();
    StringBuilder got = new StringBuilder();
    int count = pieces.size();
    pieces.forEach(piece -> got.append(piece.text()));
    assertThat(got.toString()).isEqualTo(all.toString(StandardCharsets.ISO_8859_1));
    assertThat(count).isLessThan(10_000);
  }
}
