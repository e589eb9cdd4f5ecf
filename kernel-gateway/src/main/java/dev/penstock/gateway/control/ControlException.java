package dev.penstock.gateway.control;

import java.io.Serial;

/** A request on the control socket that cannot be done: what was wrong and what to do. */
public final class ControlException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String code;
  private final String hint;

  /**
   * An error answer.
   *
   * @param code for programs, kebab-case
   * @param message what was wrong
   * @param hint what to do, may be empty
   */
  public ControlException(String code, String message, String hint) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  String code() {
    return code;
  }

  String hint() {
    return hint;
  }
}
