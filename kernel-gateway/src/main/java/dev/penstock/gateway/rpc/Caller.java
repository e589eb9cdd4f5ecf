package dev.penstock.gateway.rpc;

/** Calls methods by name. Thread-safe. */
@FunctionalInterface
interface Caller {
  /**
   * Calls one, and waits until it has ended.
   *
   * @throws RpcException if there is none of this name, or as {@link Method#call}
   */
  Outcome call(String method, Params params) throws RpcException, InterruptedException;
}
