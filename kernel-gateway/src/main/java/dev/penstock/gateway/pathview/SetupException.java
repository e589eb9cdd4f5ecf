package dev.penstock.gateway.pathview;

import java.io.Serial;

/** A session that cannot be made ready; its next call tries again. */
final class SetupException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** One line for people: why. */
  SetupException(String message) {
    super(message);
  }
}
