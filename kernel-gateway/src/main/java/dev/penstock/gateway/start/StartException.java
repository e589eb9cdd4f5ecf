package dev.penstock.gateway.start;

import java.io.Serial;

/** A kernel that cannot be started: why, and what to do. */
public final class StartException extends Exception {
  /** Code for limits that cannot be kept here. */
  public static final String LIMIT = "limit";

  @Serial private static final long serialVersionUID = 1L;

  private final String code;
  private final String hint;

  /**
   * An error.
   *
   * @param code for programs, kebab-case (docs/local-sockets.md)
   * @param message what was wrong
   * @param hint what to do, may be empty
   */
  StartException(String code, String message, String hint) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  public String code() {
    return code;
  }

  public String hint() {
    return hint;
  }
}
