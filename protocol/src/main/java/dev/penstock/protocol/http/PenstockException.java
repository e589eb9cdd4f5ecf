package dev.penstock.protocol.http;

/** What can go wrong for a program that uses a server; the text is one line. */
public abstract sealed class PenstockException extends RuntimeException
    permits RefusedException, UnreachableException, CodeException {

  private static final long serialVersionUID = 1L;

  PenstockException(String message) {
    super(message);
  }

  PenstockException(String message, Throwable cause) {
    super(message, cause);
  }
}
