package dev.penstock.gateway.logview;

import dev.penstock.gateway.kernels.Cells;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.tally.Tally;
import java.util.function.BooleanSupplier;

/**
 * What a call reads from.
 *
 * @param cells which cell a request was of
 * @param tally counts what leaves
 * @param over whether nothing more will be said
 */
record LogSource(OutputLog log, Cells cells, Tally tally, BooleanSupplier over) {
  /** A kernel of this server. */
  static LogSource of(Kernel kernel) {
    return new LogSource(kernel.log(), kernel.cells(), kernel.tally(), kernel.gone()::isDone);
  }

  /** The log of a kernel that is gone; its cells are gone with it. */
  static LogSource former(OutputLog log, Tally tally) {
    return new LogSource(log, new Cells(), tally, () -> true);
  }
}
