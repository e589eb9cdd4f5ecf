package dev.penstock.gateway.runtime;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives memory back to the system after a burst. The serial collector shrinks its heap only in a
 * full collection, and an idle gateway never needs one by itself: without this, one cell that
 * printed 100 MB would cost that much until the gateway leaves. Used by one thread.
 */
public final class IdleHeap {
  private static final Logger LOG = LoggerFactory.getLogger(IdleHeap.class);

  /** A heap of this size is not worth a collection. */
  private static final long SMALL = 32L << 20;

  private boolean quietBefore;
  private long settled;

  /**
   * To be called every few seconds.
   *
   * @param quiet whether no session runs anything now
   */
  public void sweep(boolean quiet) {
    Runtime runtime = Runtime.getRuntime();
    long committed = runtime.totalMemory();
    if (quiet && quietBefore && committed > SMALL && committed != settled) {
      System.gc();
      settled = runtime.totalMemory();
      LOG.atInfo()
          .addKeyValue("from_mb", committed >> 20)
          .addKeyValue("to_mb", settled >> 20)
          .log("heap given back");
    }
    quietBefore = quiet;
  }
}
