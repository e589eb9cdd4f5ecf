package dev.penstock.gateway.kernels;

import dev.penstock.gateway.runtime.Periodic;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends kernels that nobody uses, on a virtual thread of its own. */
public final class Culler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Culler.class);

  private final Kernels kernels;
  private final CullRules rules;
  private final Periodic looks;

  /** Looks once it is started. */
  public Culler(Kernels kernels, CullRules rules) {
    this.kernels = kernels;
    this.rules = rules;
    this.looks = new Periodic("culler", rules.interval(), this::look);
  }

  /** Begins to look. */
  public void start() {
    looks.start();
  }

  private void look() {
    Instant now = Instant.now();
    for (Kernel kernel : kernels.all()) {
      if (rules.applyTo(kernel, now)) {
        cull(kernel);
      }
    }
  }

  private void cull(Kernel kernel) {
    LOG.atInfo().addKeyValue("kernel", kernel.id()).log("kernel culled: nobody used it");
    try {
      kernels.remove(kernel.id(), "culled: nobody used it");
    } catch (KernelException e) {
      LOG.atDebug().setCause(e).log("it was gone already");
    }
  }

  @Override
  public void close() {
    looks.close();
  }
}
