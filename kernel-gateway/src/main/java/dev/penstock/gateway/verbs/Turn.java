package dev.penstock.gateway.verbs;

/** Hears of a request on its way to the user's code. Must not wait. */
@FunctionalInterface
public interface Turn {
  /** Its turn has come. Told once. */
  void begun();

  /**
   * It is about to be sent.
   *
   * @param cancel has it never run if it has not begun, else interrupts it and nothing else; can be
   *     run at any time, as often as one likes, and does not wait
   */
  default void asked(Runnable cancel) {}
}
