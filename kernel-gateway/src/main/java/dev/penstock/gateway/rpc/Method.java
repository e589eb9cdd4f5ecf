package dev.penstock.gateway.rpc;

/** Whatever can be called. Thread-safe. */
@FunctionalInterface
interface Method {
  /**
   * Runs it, in the caller's thread.
   *
   * @throws RpcException the same as a {@link Outcome.Failure}
   */
  Outcome call(Params params) throws RpcException, InterruptedException;
}
