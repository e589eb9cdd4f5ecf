package dev.penstock.gateway.logview;

import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.WholeNumber;
import org.jspecify.annotations.Nullable;

/**
 * What of a log is asked for.
 *
 * @param from number of the first entry
 * @param limit how many entries at most
 * @param parent only what answers the request with this msg_id; null for all
 * @param cell only what answers requests of the cell with this id; null for all
 * @param follow whether to go on with what is said later
 */
record LogQuery(
    long from, long limit, @Nullable String parent, @Nullable String cell, boolean follow) {
  private static final long DEFAULT_LIMIT = 1000;

  /**
   * Reads it from a call.
   *
   * @throws HttpException 400 if a number is none
   */
  static LogQuery of(Call call, LogFormat format) throws HttpException {
    long from = WholeNumber.of("from", call.query("from"), 0);
    long most = format == LogFormat.JSON ? DEFAULT_LIMIT : Long.MAX_VALUE;
    long limit = WholeNumber.of("limit", call.query("limit"), most);
    boolean follow =
        switch (format) {
          case JSON -> false;
          case LINES -> "1".equals(call.query("follow"));
          case EVENTS -> true;
        };
    String last = format.lastEventId(call);
    if (last != null) {
      from = WholeNumber.of("Last-Event-ID", last, 0) + 1;
    }
    return new LogQuery(from, limit, call.query("parent"), call.query("cell"), follow);
  }
}
