package dev.penstock.protocol.connection;

import java.io.IOException;

/** A connection file that cannot be used; the text is one line that says what to change. */
public final class ConnectionFileException extends IOException {

  private static final long serialVersionUID = 1L;

  /** With the line for the user. */
  public ConnectionFileException(String message) {
    super(message);
  }

  /** With the line for the user and what lies behind it. */
  public ConnectionFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
