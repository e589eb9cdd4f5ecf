package dev.penstock.gateway.logview;

import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
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
    long from = number(call, "from", 0);
    long limit = number(call, "limit", format == LogFormat.JSON ? DEFAULT_LIMIT : Long.MAX_VALUE);
    boolean follow =
        switch (format) {
          case JSON -> false;
          case LINES -> "1".equals(call.query("follow"));
          case EVENTS -> true;
        };
    String last = format == LogFormat.EVENTS ? call.header("Last-Event-ID") : null;
    if (last != null) {
      from = parse("Last-Event-ID", last) + 1;
    }
    return new LogQuery(from, limit, call.query("parent"), call.query("cell"), follow);
  }

  private static long number(Call call, String name, long otherwise) throws HttpException {
    String text = call.query(name);
    return text == null ? otherwise : parse(name, text);
  }

  private static long parse(String name, String text) throws HttpException {
    // Eighteen digits fit into a long.
    if (!text.matches("[0-9]{1,18}")) {
      throw new HttpException(400, name + " is not a whole number from 0 on");
    }
    return Long.parseLong(text);
  }
}
