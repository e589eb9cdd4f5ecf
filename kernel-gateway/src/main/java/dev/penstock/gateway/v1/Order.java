package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Fields;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Digest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is to be run. Two that are equal are the same call, sent again.
 *
 * @param code the code or expression; of one that is remembered, its digest
 * @param timeout seconds that it may run, or one step of a stream; null for any time
 * @param allowStdin whether the client answers questions for input
 * @param storeHistory whether a cell counts and is remembered
 * @param stopOnError whether an error of a cell aborts the cells that wait behind it
 * @param pace how many values of a stream may be unread before it waits; 0 for any number
 */
record Order(
    Verb verb,
    String code,
    @Nullable Double timeout,
    boolean allowStdin,
    boolean storeHistory,
    boolean stopOnError,
    int pace) {
  private static final Set<String> EXECUTION =
      Set.of(
          "code", "mode", "wait_s", "timeout_s", "allow_stdin", "store_history", "stop_on_error");
  private static final Set<String> STREAM = Set.of("expr", "step_timeout_s", "pace");

  /** Of {@code POST …/executions}. */
  static Order execution(ObjectNode body) throws HttpException {
    Fields.only(body, EXECUTION);
    return new Order(
        verb(Fields.textOrNull(body, "mode")),
        Fields.text(body, "code"),
        Fields.seconds(body, "timeout_s"),
        Fields.flag(body, "allow_stdin", false),
        Fields.flag(body, "store_history", true),
        Fields.flag(body, "stop_on_error", false),
        0);
  }

  /** Of {@code POST …/streams}. */
  static Order stream(ObjectNode body) throws HttpException {
    Fields.only(body, STREAM);
    return new Order(
        Verb.STREAM,
        Fields.text(body, "expr"),
        Fields.seconds(body, "step_timeout_s"),
        false,
        false,
        false,
        pace(body));
  }

  /** What is remembered of it: enough to know it again. */
  Order remembered() {
    return new Order(verb, Digest.of(code), timeout, allowStdin, storeHistory, stopOnError, pace);
  }

  private static int pace(ObjectNode body) throws HttpException {
    Long pace = Fields.count(body, "pace");
    if (pace != null && (pace == 0 || pace > Integer.MAX_VALUE)) {
      throw new HttpException(400, "pace must be a whole number above 0");
    }
    return pace == null ? 0 : pace.intValue();
  }

  private static Verb verb(@Nullable String mode) throws HttpException {
    return switch (mode == null ? "cell" : mode.toLowerCase(Locale.ROOT)) {
      case "cell" -> Verb.CELL;
      case "exec" -> Verb.EXEC;
      case "eval" -> Verb.EVAL;
      default -> throw new HttpException(400, "mode must be cell, exec or eval");
    };
  }
}
