package dev.penstock.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LogMemoryTest {
  private static final String KILOBYTE = "x".repeat(1000);

  private final LogMemory memory = new LogMemory(0, new Budgets(0, 20_000, 1 << 20, 1 << 20, 1000));

  /** Adds entries until there is no room; each takes more bytes than its text has. */
  private void fill() {
    for (int n = 0; memory.hasRoom(); n++) {
      assertThat(n).isLessThan(20);
      assertThat(memory.add(Entries.text("r", KILOBYTE)).stalled()).isFalse();
    }
  }

  @Test
  void outputIsToWaitBeforeAnAppendWouldHaveTo() {
    fill();
    assertThat(memory.unwrittenBytes()).isBetween(10_000L, 18_000L);
    assertThat(memory.add(Entries.text("r", KILOBYTE)).stalled()).isFalse();
  }

  @Test
  void thereIsRoomWhenTheDiskHasComeOn() {
    fill();
    memory.written(memory.next() - 1);
    assertThat(memory.hasRoom()).isTrue();
  }

  @Test
  void nobodyWaitsForADiskThatTakesNothing() {
    fill();
    memory.failed(0);
    assertThat(memory.hasRoom()).isTrue();
  }

  @Test
  void nobodyWaitsForALogThatIsClosed() {
    fill();
    memory.close();
    assertThat(memory.hasRoom()).isTrue();
  }

  @Test
  void aDiskThatHangsIsNotWaitedForForever() {
    fill();
    while (!memory.hasRoom()) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    assertThat(memory.unwrittenBytes()).isGreaterThan(10_000);
  }
}
