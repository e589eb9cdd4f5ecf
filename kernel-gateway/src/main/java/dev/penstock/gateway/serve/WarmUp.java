package dev.penstock.gateway.serve;

import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.kernels.PenstockStarter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the first kernel of a server start as quickly as the later ones. */
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  private WarmUp() {}

  /** What the server's kernels are started with, as a rule. */
  @FunctionalInterface
  interface Ordinary {
    LifeOrder order() throws KernelException;
  }

  /** Begins, and does not wait for it. Only Penstock's own kernels have anything to be warmed. */
  static void begin(PenstockStarter starter, Ordinary ordinary) {
    Thread.ofVirtual()
        .name("warm-up")
        .start(() -> {
          try {
            LifeOrder order = ordinary.order();
            if (order.spec().isPenstock()) {
              starter.prepare(order);
            }
          } catch (KernelException e) {
            // Who asks for a kernel is told; there may be no kernelspec at all, and none be needed.
            LOG.atInfo().addKeyValue("reason", e.getMessage()).log("not warmed up");
          }
        });
  }
}
