package dev.penstock.gateway.v1;

import org.jspecify.annotations.Nullable;

/** Switches in a query. */
final class Flags {
  private Flags() {}

  /** Whether {@code ?name}, {@code ?name=1} or {@code ?name=true} is there. */
  static boolean isSet(@Nullable String value) {
    return value != null && (value.isEmpty() || value.equals("1") || value.equals("true"));
  }
}
