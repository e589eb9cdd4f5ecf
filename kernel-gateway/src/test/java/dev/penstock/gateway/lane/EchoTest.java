package dev.penstock.gateway.lane;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EchoTest {
  private final Echo echo = new Echo();

  @Test
  void bytesKeepTheirOrderAndTheirDescriptor() throws Exception {
    write(Lane.OUT, "a");
    write(Lane.OUT, "\u00ff");
    write(Lane.ERR, "c");
    write(Lane.OUT, "d");
    echo.close();
    assertThat(next()).isEqualTo("1:a\u00ff");
    assertThat(next()).isEqualTo("2:c");
    assertThat(next()).isEqualTo("1:d");
    assertThat(echo.next()).isNull();
  }

  @Test
  void itTakesCopies() throws Exception {
    byte[] buffer = "xabcx".getBytes(ISO_8859_1);
    echo.add(Lane.OUT, buffer, 1, 3);
    buffer[2] = '!';
    assertThat(next()).isEqualTo("1:abc");
  }

  @Test
  void whatNobodyReadsIsBoundedAndTheLatestStays() throws Exception {
    String piece = "x".repeat(Echo.PIECE);
    int written = 40;
    for (int i = 0; i < written; i++) {
      write(Lane.OUT, piece);
    }
    write(Lane.ERR, "latest");
    echo.close();
    List<Long> gaps = new ArrayList<>();
    long kept = 0;
    String last = "";
    for (Echo.Piece p = echo.next(); p != null; p = echo.next()) {
      gaps.add(p.lost());
      kept += p.bytes().length;
      last = new String(p.bytes(), ISO_8859_1);
    }
    long all = (long) written * Echo.PIECE + "latest".length();
    assertThat(gaps.removeFirst()).isEqualTo(all - kept);
    assertThat(gaps).as("a gap is told once").containsOnly(0L);
    assertThat(kept).isBetween((long) Echo.BUDGET / 2, (long) Echo.BUDGET);
    assertThat(last).isEqualTo("latest");
  }

  @Test
  void manySmallPiecesAreBoundedByTheirOwnCost() throws Exception {
    int written = 2 * Echo.BUDGET / Echo.PIECE_COST;
    for (int i = 0; i < written; i++) {
      write(i % 2 == 0 ? Lane.OUT : Lane.ERR, "x");
    }
    assertThat(echo.next())
        .extracting(Echo.Piece::lost, InstanceOfAssertFactories.LONG)
        .isGreaterThanOrEqualTo(written / 2);
  }

  @Test
  void aReaderThatIsSlowLosesNothing() throws Exception {
    Echo patient = new Echo(Duration.ofMinutes(1));
    assertThat(patient.take()).isTrue();
    int written = 100;
    CompletableFuture<@Nullable Void> writer = write(patient, written);
    for (long got = 0; got < (long) written * Echo.PIECE; ) {
      Echo.Piece piece = patient.next();
      assertThat(piece).extracting(Echo.Piece::lost, InstanceOfAssertFactories.LONG).isZero();
      got += piece == null ? 0 : piece.bytes().length;
    }
    writer.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aReaderThatDoesNotReadIsWaitedForOnce() throws Exception {
    Echo brief = new Echo(Duration.ofMillis(20));
    assertThat(brief.take()).isTrue();
    // Waiting each time would take more than twice as long as is waited here.
    write(brief, 3000).get(30, TimeUnit.SECONDS);
    assertThat(brief.next())
        .extracting(Echo.Piece::lost, InstanceOfAssertFactories.LONG)
        .isGreaterThan(2000L * Echo.PIECE);
  }

  @Test
  void theEndLetsTheLanesGo() throws Exception {
    Echo patient = new Echo(Duration.ofMinutes(1));
    assertThat(patient.take()).isTrue();
    CompletableFuture<@Nullable Void> writer = write(patient, 100);
    assertThat(patient.next()).isNotNull();
    patient.discard();
    writer.get(30, TimeUnit.SECONDS);
    assertThat(patient.next()).isNull();
  }

  @Test
  void theReaderIsWokenByTextAndByTheEnd() throws Exception {
    CompletableFuture<String> text = read();
    write(Lane.ERR, "now");
    assertThat(text.get(30, TimeUnit.SECONDS)).isEqualTo("2:now");
    CompletableFuture<String> end = read();
    echo.close();
    assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo("over");
  }

  @Test
  void thereIsOneReaderAndNothingIsKeptOnceItHasGone() throws Exception {
    assertThat(echo.take()).isTrue();
    assertThat(echo.take()).isFalse();
    write(Lane.OUT, "unread");
    echo.discard();
    write(Lane.OUT, "unwanted");
    assertThat(echo.next()).isNull();
  }

  private static CompletableFuture<@Nullable Void> write(Echo echo, int pieces) {
    byte[] piece = new byte[Echo.PIECE];
    return later(() -> {
      for (int i = 0; i < pieces; i++) {
        echo.add(Lane.OUT, piece, 0, piece.length);
      }
      return null;
    });
  }

  private CompletableFuture<String> read() {
    return later(this::next);
  }

  private static <T extends @Nullable Object> CompletableFuture<T> later(Callable<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        done.complete(work.call());
      } catch (Exception e) {
        done.completeExceptionally(e);
      }
    });
    return done;
  }

  private String next() throws InterruptedException {
    Echo.Piece piece = echo.next();
    return piece == null
        ? "over"
        : piece.lane().descriptor() + ":" + new String(piece.bytes(), ISO_8859_1);
  }

  private void write(Lane lane, String text) throws InterruptedException {
    byte[] bytes = text.getBytes(ISO_8859_1);
    echo.add(lane, bytes, 0, bytes.length);
  }
}
