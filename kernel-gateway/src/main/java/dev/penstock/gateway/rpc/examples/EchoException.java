package dev.penstock.gateway.rpc.examples;

import java.io.Serial;

/** An error as the examples have it. */
final class EchoException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int code;

  EchoException(int code, String message) {
    super(message, null, false, false); // an answer, not a fault: nobody looks at its stack
    this.code = code;
  }

  int code() {
    return code;
  }
}
