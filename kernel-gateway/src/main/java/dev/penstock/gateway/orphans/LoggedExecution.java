package dev.penstock.gateway.orphans;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputLog;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a notebook's cell shows after an execution, for a program that has the notebook: the local
 * Jupyter server (docs/closed-tabs.md).
 */
public final class LoggedExecution {
  private static final int BATCH = 256;

  private final OutputLog log;
  private final RunReader reader;

  private LoggedExecution(OutputLog log, String msgId) {
    this.log = log;
    this.reader = new RunReader(msgId);
  }

  /**
   * Waits for an execution's end and tells its outcome.
   *
   * @param msgId of the execute_request
   * @param limit how long to wait; zero for not at all
   * @return {@code over}; when it is, {@code ran} (false if it was aborted) and, if it ran, {@code
   *     outputs} (nbformat 4, texts in one string each) and {@code execution_count} (or null)
   * @throws UnwrittenException if it is over and cannot be told in full
   */
  public static ObjectNode await(OutputLog log, String msgId, Duration limit)
      throws UnwrittenException, InterruptedException {
    return new LoggedExecution(log, msgId).tell(limit);
  }

  private ObjectNode tell(Duration limit) throws UnwrittenException, InterruptedException {
    boolean over = read(limit);
    if (over && !reader.hasRun() && !reader.isAborted()) {
      // It ran, and its beginning is gone.
      throw new UnwrittenException(Outcome.LOST);
    }
    ObjectNode answer = Json.object().put("over", over);
    if (over) {
      answer.put("ran", reader.hasRun());
    }
    if (over && reader.hasRun()) {
      CellRun run = reader.result();
      answer.set("outputs", run.outputs());
      answer.set("execution_count", run.count());
    }
    return answer;
  }

  /** Reads until the execution is over; false if it is not by then. */
  private boolean read(Duration limit) throws UnwrittenException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    long next = 0;
    while (true) {
      OutputLog.Slice slice = log.read(next, BATCH);
      if (next > 0 && slice.first() > next) {
        throw new UnwrittenException(Outcome.LOST);
      }
      for (Logged logged : slice.entries()) {
        reader.take(logged.entry());
        if (reader.isOver()) {
          return true;
        }
      }
      boolean atEnd = slice.next() <= next || slice.next() >= log.next();
      next = Math.max(next, slice.next());
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (atEnd && (!left.isPositive() || !log.await(next, left))) {
        return false;
      }
    }
  }
}
