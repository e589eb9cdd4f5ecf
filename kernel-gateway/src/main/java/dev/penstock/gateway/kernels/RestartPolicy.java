package dev.penstock.gateway.kernels;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether a kernel that died is started again: five times in a row, as jupyter_server does. A life
 * that lasted ends the row.
 */
final class RestartPolicy {
  private static final int MOST = 5;
  private static final Duration STABLE = Duration.ofSeconds(10);

  private Instant last = Instant.EPOCH;
  private int inRow;

  /** Counts a death. */
  boolean another(Instant now) {
    if (last.plus(STABLE).isBefore(now)) {
      inRow = 0;
    }
    last = now;
    inRow++;
    return inRow <= MOST;
  }

  /** Somebody wants it to live: it begins anew. */
  void reset() {
    inRow = 0;
  }
}
