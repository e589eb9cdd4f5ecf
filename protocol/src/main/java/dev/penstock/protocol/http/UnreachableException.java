package dev.penstock.protocol.http;

/**
 * The server cannot be reached, or was lost for longer than the client's patience. What a lost call
 * asked for may have been done.
 */
public final class UnreachableException extends PenstockException {

  private static final long serialVersionUID = 1L;

  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
