package dev.penstock.protocol.http;

/** The server says no, and why. */
public final class RefusedException extends PenstockException {

  private static final long serialVersionUID = 1L;

  private final int status;

  RefusedException(int status, String message) {
    super("%s (HTTP %d)".formatted(message, status));
    this.status = status;
  }

  /** HTTP's status. */
  public int status() {
    return status;
  }
}
