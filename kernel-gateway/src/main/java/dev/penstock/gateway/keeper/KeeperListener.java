package dev.penstock.gateway.keeper;

/**
 * What the keeper tells on its own. Called on the keeper client's reader thread: must not block.
 */
public interface KeeperListener {
  /** A worker ended. */
  void workerExited(String session, WorkerExit exit);

  /** A watched process (a session's owner) ended. */
  void processGone(long pid);

  /** A zygote ended. */
  void zygoteExited(String key);

  /** The keeper itself is gone: nothing can be started or signalled any more. */
  void keeperLost();
}
