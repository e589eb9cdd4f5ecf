package dev.penstock.gateway.notebook;

import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kernels that are all alike, each for one call at a time, in turn (NBH-06). One that was given up
 * is replaced. Thread-safe.
 */
public final class KernelPool {
  private static final Logger LOG = LoggerFactory.getLogger(KernelPool.class);

  private final BlockingQueue<Kernel> free = new LinkedBlockingQueue<>();
  private final Replacement replacement;

  /** Starts a kernel in the place of one that is dead. */
  @FunctionalInterface
  public interface Replacement {
    /** Ends what is left of the old one, and starts another. */
    Kernel replace(Kernel dead) throws KernelException;
  }

  /** No kernels yet: whoever wants one waits. */
  public KernelPool(Replacement replacement) {
    this.replacement = replacement;
  }

  /** Puts kernels in. */
  public void add(List<Kernel> kernels) {
    free.addAll(kernels);
  }

  /** The kernel that has been free for the longest time. */
  Kernel take() throws InterruptedException {
    return free.take();
  }

  /** Gives a kernel back. */
  void giveBack(Kernel kernel) {
    free.add(kernel.view().executionState().equals("dead") ? replaced(kernel) : kernel);
  }

  private Kernel replaced(Kernel dead) {
    try {
      return replacement.replace(dead);
    } catch (KernelException e) {
      // The next call is told that it is dead, and then it is tried again. What a seed says of its
      // failure is the notebook's, and belongs in no log.
      LOG.atWarn()
          .addKeyValue("kernel", dead.id())
          .addKeyValue("reason", e.reason())
          .log("kernel not replaced");
      return dead;
    }
  }
}
