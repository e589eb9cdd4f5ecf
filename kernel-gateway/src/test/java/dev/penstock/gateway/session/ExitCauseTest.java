package dev.penstock.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.keeper.WorkerExit;
import org.junit.jupiter.api.Test;

class ExitCauseTest {
  @Test
  void namesSignals() {
    assertThat(cause(-11, false, false)).contains("signal 11").contains("segmentation fault");
    assertThat(cause(-9, false, false)).contains("SIGKILL").contains("someone killed it");
  }

  @Test
  void tellsMemoryKills() {
    assertThat(cause(-9, true, false)).contains("probably ran out of memory");
    assertThat(cause(-9, false, true)).contains("more memory than its limit").contains("200 MiB");
  }

  @Test
  void tellsExitCodes() {
    assertThat(cause(3, false, false)).contains("exit code 3");
    assertThat(ExitCause.of(new WorkerExit(1, 1, false, false, false, 0), true))
        .contains("while it was starting");
  }

  private static String cause(int code, boolean oom, boolean overLimit) {
    return ExitCause.of(new WorkerExit(1, code, false, oom, overLimit, 204_800), false);
  }
}
