package dev.penstock.gateway.keeper;

import java.io.IOException;

/** The keeper refused a request or is gone. */
public final class KeeperException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String code;

  public KeeperException(String code, String message) {
    super(message);
    this.code = code;
  }

  /**
   * The keeper's code: {@code stale}, {@code gone}, {@code failed}, {@code limit}, or {@code lost}
   * when the keeper is not there.
   */
  public String code() {
    return code;
  }
}
