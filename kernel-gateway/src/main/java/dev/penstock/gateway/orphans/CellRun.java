package dev.penstock.gateway.orphans;

import dev.penstock.gateway.kernels.Execution;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputLog;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * What an execution said, read from the kernel's log.
 *
 * @param outputs of the cell (nbformat 4)
 * @param count its {@code execution_count}; a JSON null if the kernel did not say
 */
record CellRun(ArrayNode outputs, JsonNode count) {
  private static final int BATCH = 256;

  /**
   * Reads it.
   *
   * @return null if the code never ran: it was aborted, or the kernel was dead
   * @throws UnwrittenException if it is not all there, or cannot be put into a notebook
   */
  static @Nullable CellRun read(OutputLog log, Execution execution) throws UnwrittenException {
    RunReader reader = new RunReader(execution.msgId());
    long next = execution.from();
    while (next < execution.to()) {
      OutputLog.Slice slice = log.read(next, BATCH);
      if (slice.first() > next || slice.next() <= next) {
        throw new UnwrittenException(Outcome.LOST);
      }
      for (Logged logged : slice.entries()) {
        if (logged.seq() < execution.to()) {
          reader.take(logged.entry());
        }
      }
      next = slice.next();
    }
    return reader.hasRun() ? reader.result() : null;
  }
}
