package dev.penstock.gateway.rpc;

import dev.penstock.gateway.verbs.Turn;

/** A call that runs in the worker. Thread-safe. */
@FunctionalInterface
interface Work {
  /**
   * Runs it, in the caller's thread, to its end.
   *
   * @param turn hears of it
   */
  Outcome run(Turn turn) throws RpcException, InterruptedException;
}
