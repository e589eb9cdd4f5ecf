package dev.penstock.gateway.keeper;

/**
 * How a worker process ended, as its parent saw it.
 *
 * @param pid the worker's process id
 * @param code exit code, or the negative number of the signal that killed it
 * @param core whether the system wrote a core file
 * @param oom whether the system's out-of-memory killer was the cause, without a limit of ours
 * @param overLimit whether it was killed because it needed more memory than the session's limit
 * @param certain whether {@code oom} or {@code overLimit} is known and not guessed
 * @param rssKiB resident memory of the process when last seen, 0 if unknown
 */
public record WorkerExit(
    long pid,
    int code,
    boolean core,
    boolean oom,
    boolean overLimit,
    boolean certain,
    long rssKiB) {
  /** An end that nobody saw: only the code is known. */
  public static WorkerExit unseen(long pid, int code) {
    return new WorkerExit(pid, code, false, false, false, false, 0);
  }
}
