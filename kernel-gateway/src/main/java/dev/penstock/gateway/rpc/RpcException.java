package dev.penstock.gateway.rpc;

import java.io.Serial;

/** A call that is answered with an error. */
final class RpcException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient RpcError error;

  RpcException(RpcError error) {
    super(error.message(), null, false, false); // an answer, not a fault: nobody looks at its stack
    this.error = error;
  }

  RpcError error() {
    return error;
  }
}
