package dev.penstock.protocol.client;

/** A request that a kernel refused, or a client that cannot go on; the text is one line. */
public class KernelClientException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With the line for the user. */
  public KernelClientException(String message) {
    super(message);
  }

  /** With the line for the user and what lies behind it. */
  public KernelClientException(String message, Throwable cause) {
    super(message, cause);
  }
}
