package dev.penstock.gateway.log;

import java.io.IOException;

/** A segment file does not hold what was written: torn by a crash, or changed since. */
final class DamagedLogException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedLogException(String message) {
    super(message);
  }
}
