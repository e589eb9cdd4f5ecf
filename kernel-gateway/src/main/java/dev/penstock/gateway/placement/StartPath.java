package dev.penstock.gateway.placement;

import java.util.Locale;

/** How a worker came to life. */
public enum StartPath {
  /** A fork of the environment's zygote. */
  FORK,
  /** A Python process of its own. */
  FRESH;

  /** The word used in answers and logs. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
