package dev.penstock.gateway.orphans;

/** A cell's outputs cannot be written into its notebook. */
public final class UnwrittenException extends Exception {
  private static final long serialVersionUID = 1;

  private final Outcome outcome;

  UnwrittenException(Outcome outcome) {
    super(outcome.reason());
    this.outcome = outcome;
  }

  /** Why, in a word for programs. */
  public String code() {
    return outcome.label().replace('_', '-');
  }

  Outcome outcome() {
    return outcome;
  }
}
