package dev.penstock.gateway.session;

/**
 * The last part of what a starting worker wrote to stderr: no client sees it there, so the
 * session's cause carries it.
 */
public final class StderrTail {
  private static final int KEPT = 2000;

  private final StringBuilder tail = new StringBuilder();

  /** Adds text and forgets the oldest. */
  public void add(String text) {
    tail.append(text);
    if (tail.length() > KEPT) {
      tail.delete(0, tail.length() - KEPT);
    }
  }

  /** The tail on lines of its own, or nothing. */
  public String asSuffix() {
    return tail.isEmpty() ? "" : "\n" + tail.toString().strip();
  }
}
