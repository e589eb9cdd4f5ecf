package dev.penstock.gateway.runtime;

import java.time.Duration;

/**
 * Does something again and again, on a virtual thread of its own, with a pause before each time.
 */
public final class Periodic implements AutoCloseable {
  private final Duration pause;
  private final Runnable action;
  private final Thread thread;
  private volatile boolean closed;

  /** Begins once it is started. */
  public Periodic(String name, Duration pause, Runnable action) {
    this.pause = pause;
    this.action = action;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  /** Begins with a pause. */
  public void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        return; // closed
      }
      action.run();
    }
  }

  /** Interrupts what is done just now, and does it no more. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
