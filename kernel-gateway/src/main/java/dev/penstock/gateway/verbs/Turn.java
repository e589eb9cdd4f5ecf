package dev.penstock.gateway.verbs;

/** Hears of a request on its way to the user's code. */
@FunctionalInterface
public interface Turn {
  /** Its turn has come. Told once. Must not wait. */
  void begun();

  /** It is about to be sent, as soon as this returns. */
  default void asked(Cancellation cancel) throws InterruptedException {}

  /** The way to end it, at any time, as often as one likes. */
  @FunctionalInterface
  interface Cancellation {
    /**
     * Has it never run if it has not begun, else interrupts it and nothing else. Returns when the
     * worker knows, or does not answer for ten seconds.
     */
    void tell() throws InterruptedException;
  }
}
