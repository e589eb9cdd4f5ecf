package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.WaitTime;
import dev.penstock.gateway.http.WholeNumber;
import dev.penstock.gateway.logview.OutputShape;
import java.time.Duration;

/**
 * What of an execution's outputs is asked for.
 *
 * @param from number of the first entry
 * @param shape how it is told
 * @param patience how long one object may wait for the first entry
 * @param cancels whether the execution is to end when this client leaves
 */
record OutputQuery(long from, OutputShape shape, Duration patience, boolean cancels) {
  /** Reads it from a call. */
  static OutputQuery of(Call call) throws HttpException {
    OutputShape shape = OutputShape.of(call);
    String last = shape.lastEventId(call);
    long from =
        last == null
            ? WholeNumber.of("from", call.query("from"), 0)
            : WholeNumber.of("Last-Event-ID", last, 0) + 1;
    return new OutputQuery(from, shape, WaitTime.ofQuery(call), Waits.cancels(call));
  }
}
