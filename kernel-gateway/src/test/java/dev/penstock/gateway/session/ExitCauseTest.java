package dev.penstock.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.keeper.WorkerExit;
import org.junit.jupiter.api.Test;

class ExitCauseTest {
  private static final long LIMIT = 300L << 20;

  @Test
  void namesSignals() {
    assertThat(cause(-11)).contains("signal 11").contains("segmentation fault");
    assertThat(cause(-9)).contains("SIGKILL").contains("someone killed it").contains("200 MiB");
  }

  @Test
  void tellsTheLimitThatWasPassed() {
    assertThat(cause(new WorkerExit(1, -9, false, false, true, true, 204_800)))
        .contains("more memory than its limit of 300 MiB.");
  }

  @Test
  void tellsKillsByTheSystem() {
    assertThat(cause(new WorkerExit(1, -9, false, true, false, false, 204_800)))
        .contains("probably ran out of memory")
        .contains("200 MiB");
    assertThat(cause(new WorkerExit(1, -9, false, true, false, true, 0)))
        .contains("because memory ran out")
        .doesNotContain("probably");
  }

  @Test
  void tellsExitCodes() {
    assertThat(cause(3)).contains("exit code 3");
    assertThat(ExitCause.of(WorkerExit.unseen(1, 1), true, 0)).contains("while it was starting");
  }

  @Test
  void sizesAreForPeople() {
    assertThat(ExitCause.size(0)).isEqualTo("0 bytes");
    assertThat(ExitCause.size(1536)).isEqualTo("1.5 KiB");
    assertThat(ExitCause.size(300L << 20)).isEqualTo("300 MiB");
    assertThat(ExitCause.size(Long.MAX_VALUE)).endsWith(" TiB");
  }

  private static String cause(int code) {
    return cause(new WorkerExit(1, code, false, false, false, false, 204_800));
  }

  private static String cause(WorkerExit exit) {
    return ExitCause.of(exit, false, LIMIT);
  }
}
