package dev.penstock.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.protocol.message.Channel;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryOutputLogTest {
  private final MemoryOutputLog log = new MemoryOutputLog(10_000);

  @Test
  void numbersEntriesFromZero() {
    assertThat(log.append(entry(1))).isZero();
    assertThat(log.append(entry(1))).isEqualTo(1);
    assertThat(log.next()).isEqualTo(2);
    assertThat(log.get(2)).isNull();
  }

  @Test
  void keepsEveryEntryThatAReaderStillNeeds() {
    for (int i = 0; i < 100; i++) {
      log.append(entry(1000));
    }
    log.trim(0);
    assertThat(log.read(0, 1000).entries()).hasSize(100);
  }

  @Test
  void letsGoOfTheOldestOverTheBound() {
    for (int i = 0; i < 100; i++) {
      log.append(entry(1000));
      log.trim(log.next());
    }
    OutputLog.Slice kept = log.read(0, 1000);
    assertThat(kept.first()).isEqualTo(100 - kept.entries().size());
    assertThat(kept.entries().stream().mapToLong(logged -> logged.entry().bytes()).sum())
        .isLessThanOrEqualTo(10_000);
    assertThat(log.get(kept.first() - 1)).as("gone").isNull();
    assertThat(log.get(99)).isNotNull();
  }

  @Test
  void readsAStretch() {
    for (int i = 0; i < 50; i++) {
      log.append(entry(i));
    }
    OutputLog.Slice slice = log.read(20, 5);
    assertThat(slice.first()).isEqualTo(20);
    assertThat(slice.entries())
        .extracting(logged -> logged.entry().content().length)
        .containsExactly(20, 21, 22, 23, 24);
  }

  private static OutputEntry entry(int size) {
    byte[] none = {};
    return new OutputEntry(
        Channel.IOPUB, "stream", none, null, none, none, none, new byte[size], List.of());
  }
}
