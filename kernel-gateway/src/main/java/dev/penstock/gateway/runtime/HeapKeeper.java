package dev.penstock.gateway.runtime;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the heap near what is needed. The serial collector looks at its old generation only when
 * the heap's limit is reached, and shrinks only then: without this, cells that print a gigabyte
 * would cost that much, and until the gateway leaves.
 */
public final class HeapKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeapKeeper.class);

  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Looks in a row at which nothing runs, before an idle heap is given back. */
  private static final int QUIET_LOOKS = 5;

  /** An idle heap of this size is not worth a collection. */
  private static final long SMALL = 32L << 20;

  /** So much more than twice what was needed may gather while cells run. */
  private static final long SLACK = 64L << 20;

  private final BooleanSupplier quiet;
  private final Periodic looks;

  /** Bytes that were needed at the last collection; of its thread alone, as the next. */
  private long needed = used();

  private int quietLooks;

  /**
   * Begins to look.
   *
   * @param quiet whether no session runs anything now
   */
  public HeapKeeper(BooleanSupplier quiet) {
    this.quiet = quiet;
    this.looks = new Periodic("heap", LOOK, this::look);
    looks.start();
  }

  @Override
  public void close() {
    looks.close();
  }

  private void look() {
    quietLooks = quiet.getAsBoolean() ? quietLooks + 1 : 0;
    long committed = Runtime.getRuntime().totalMemory();
    boolean idle = quietLooks == QUIET_LOOKS && committed > SMALL;
    if (idle || used() > 2 * needed + SLACK) {
      System.gc();
      needed = used();
      LOG.atInfo()
          .addKeyValue("from_mb", committed >> 20)
          .addKeyValue("to_mb", Runtime.getRuntime().totalMemory() >> 20)
          .log("heap given back");
    }
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
