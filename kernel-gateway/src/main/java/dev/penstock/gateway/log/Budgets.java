package dev.penstock.gateway.log;

/**
 * What logs may cost, in bytes.
 *
 * @param memory entries of one log that stay in memory after they were written
 * @param unwritten entries of one log that wait for the disk before the session has to wait; twice
 *     as much is given up
 * @param log files of one log
 * @param all files of all logs, former ones too
 * @param segment size from which on a new segment file is begun
 */
public record Budgets(long memory, long unwritten, long log, long all, long segment) {
  /** What users get. */
  public static final Budgets DEFAULT =
      new Budgets(4L << 20, 8L << 20, 256L << 20, 2L << 30, 8L << 20);

  public Budgets {
    if (memory < 0 || unwritten <= 0 || segment <= 0 || log < 2 * segment || all < log) {
      throw new IllegalArgumentException(
          "a log must have room for two segments, and all logs for one");
    }
  }
}
