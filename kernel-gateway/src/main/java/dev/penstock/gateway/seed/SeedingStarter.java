package dev.penstock.gateway.seed;

import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Life;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.kernels.LifeStarter;
import dev.penstock.gateway.session.OutputLog;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the seed's cells in every new process of its kernelspec, also after a restart, before
 * anybody else's. A process whose seed fails is ended: clients never meet one that is half made.
 */
public final class SeedingStarter implements LifeStarter {
  private final LifeStarter starter;
  private final Path spec;
  private final List<String> cells;

  /**
   * Seeds what this starts.
   *
   * @param spec directory of the kernelspec that the cells are for; others are started without
   */
  public SeedingStarter(LifeStarter starter, Path spec, List<String> cells) {
    this.starter = starter;
    this.spec = spec;
    this.cells = List.copyOf(cells);
  }

  @Override
  public Life start(LifeOrder order, OutputLog log) throws KernelException {
    Life life = starter.start(order, log);
    if (order.spec().directory().equals(spec)) {
      try {
        seed(life, log);
      } catch (KernelException e) {
        life.stop(true, "its seed failed");
        life.ended().join();
        throw e;
      }
    }
    return life;
  }

  private void seed(Life life, OutputLog log) throws KernelException {
    CodeRunner runner = new CodeRunner(life::submit, log, life.ended()::isDone);
    for (int i = 0; i < cells.size(); i++) {
      try {
        String error = runner.run(cells.get(i)).error();
        if (error != null) {
          throw failed("code cell %d of the seed notebook failed: %s".formatted(i + 1, error));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failed("the server is shutting down");
      }
    }
  }

  private static KernelException failed(String why) {
    return new KernelException(KernelException.Reason.FAILED, why);
  }
}
