package dev.penstock.gateway.v1;

import java.util.Locale;

/** Where an execution is. */
enum RunState {
  /** Behind others. */
  WAITING,
  RUNNING,
  /** It waits for input. */
  ASKING,
  /** It went well. */
  OK,
  /** It raised an error, or its kernel ended. */
  ERROR,
  /** It did not run, because one before it failed. */
  ABORTED,
  /** A client ended it, or it never ran. */
  CANCELLED;

  /** Whether it stays as it is. */
  boolean isOver() {
    return compareTo(OK) >= 0;
  }

  /** As clients see it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
