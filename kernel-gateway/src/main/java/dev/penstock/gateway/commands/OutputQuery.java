package dev.penstock.gateway.commands;

import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.WaitTime;
import dev.penstock.gateway.http.WholeNumber;
import dev.penstock.gateway.logview.OutputShape;
import java.time.Duration;

/**
 * What of a command's output is asked for.
 *
 * @param from number of the first piece
 * @param shape how it is told
 * @param tellsExit whether plain text ends with a line about the exit
 * @param patience how long one object may wait for the first piece
 */
record OutputQuery(long from, OutputShape shape, boolean tellsExit, Duration patience) {
  /**
   * Reads it from a call.
   *
   * @param next the number that the command's next piece gets: who says to have had it, or later
   *     ones, had them from another command that was under this id before, and gets all of this one
   * @throws HttpException 400 if a number is none
   */
  static OutputQuery of(Call call, long next) throws HttpException {
    OutputShape shape = OutputShape.of(call);
    String last = shape.lastEventId(call);
    long from;
    if (last == null || last.isEmpty()) {
      from = WholeNumber.of("from", call.query("from"), 0);
    } else {
      long after = WholeNumber.of("Last-Event-ID", last, 0) + 1;
      from = after > next ? 0 : after;
    }
    return new OutputQuery(from, shape, "1".equals(call.query("exit")), WaitTime.ofQuery(call));
  }
}
