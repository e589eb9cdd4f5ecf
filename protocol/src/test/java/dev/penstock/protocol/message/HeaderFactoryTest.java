package dev.penstock.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HeaderFactoryTest {

  @ParameterizedTest
  @CsvSource({
    "2026-02-03T04:05:06.123456789Z, 2026-02-03T04:05:06.123456Z",
    "2026-02-03T04:05:00Z, 2026-02-03T04:05:00.000000Z",
    "2026-02-03T00:00:00.000001Z, 2026-02-03T00:00:00.000001Z"
  })
  void datesHaveSixDigitsOfFractionAndAZone(String now, String date) throws WireException {
    Clock clock = Clock.fixed(Instant.parse(now), ZoneOffset.UTC);
    Header header = Header.parse(new HeaderFactory("s", "u", clock).next("status"));
    assertThat(header.date()).isEqualTo(date);
  }

  @Test
  void idsAreUniqueAcrossThreads() throws InterruptedException {
    HeaderFactory factory = new HeaderFactory("s", "u");
    Set<String> ids = ConcurrentHashMap.newKeySet();
    Runnable work =
        () -> {
          for (int i = 0; i < 1_000; i++) {
            ids.add(id(factory.next("status")));
          }
        };
    Thread[] threads = {Thread.ofVirtual().start(work), Thread.ofVirtual().start(work)};
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ids).hasSize(2_000).allMatch(id -> id.startsWith("s_"));
  }

  private static String id(byte[] header) {
    try {
      return Header.parse(header).msgId();
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }
}
