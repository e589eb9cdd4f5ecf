package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How code is run (docs/api-v1.md, "Executions").
 *
 * @param mode with magics and displays, plain code, or a plain expression
 * @param timeout how long it may run; null: any time
 * @param allowStdin whether its questions will be answered
 * @param storeHistory whether a cell counts and is remembered
 * @param stopOnError whether its error aborts the cells that wait behind it
 * @param key an execution of the session that was started with this key is meant again, and not
 *     started twice; null: a key of its own, so that a lost answer is asked for again
 */
public record ExecutionOptions(
    Mode mode,
    @Nullable Duration timeout,
    boolean allowStdin,
    boolean storeHistory,
    boolean stopOnError,
    @Nullable String key) {

  /** What the code is. */
  public enum Mode {
    /** A notebook's cell. */
    CELL("cell"),
    /** Plain code. */
    EXEC("exec"),
    /** A plain expression, whose value is JSON. */
    EVAL("eval");

    private final String word;

    Mode(String word) {
      this.word = word;
    }
  }

  /** As the server has it. */
  public static ExecutionOptions of(Mode mode) {
    return new ExecutionOptions(mode, null, false, true, false, null);
  }

  /** With a time limit. */
  public ExecutionOptions withTimeout(Duration limit) {
    return new ExecutionOptions(mode, limit, allowStdin, storeHistory, stopOnError, key);
  }

  /** With answers to its questions. */
  public ExecutionOptions withStdin() {
    return new ExecutionOptions(mode, timeout, true, storeHistory, stopOnError, key);
  }

  /** Without a trace in the history. */
  public ExecutionOptions withoutHistory() {
    return new ExecutionOptions(mode, timeout, allowStdin, false, stopOnError, key);
  }

  /** With an error that aborts what waits. */
  public ExecutionOptions stoppingOnError() {
    return new ExecutionOptions(mode, timeout, allowStdin, storeHistory, true, key);
  }

  /** With a key. */
  public ExecutionOptions withKey(String known) {
    return new ExecutionOptions(mode, timeout, allowStdin, storeHistory, stopOnError, known);
  }

  ObjectNode fields(String code) {
    ObjectNode fields =
        Trees.object()
            .put("code", code)
            .put("mode", mode.word)
            .put("allow_stdin", allowStdin)
            .put("store_history", storeHistory)
            .put("stop_on_error", stopOnError);
    return timeout == null ? fields : fields.put("timeout_s", timeout.toMillis() / 1000.0);
  }
}
