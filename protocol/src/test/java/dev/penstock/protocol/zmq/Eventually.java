package dev.penstock.protocol.zmq;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition that another thread brings about. */
final class Eventually {

  private static final long LIMIT_NANOS = 20_000_000_000L;

  private Eventually() {}

  static void eventually(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never happened: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
