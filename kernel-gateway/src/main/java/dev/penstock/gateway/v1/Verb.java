package dev.penstock.gateway.v1;

import dev.penstock.gateway.json.Json;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** The ways in which code is run. */
enum Verb {
  /** As a notebook's cell: {@code execute_request}. */
  CELL("execute_request"),
  /** Plain code in the user's namespace (docs/verbs.md). */
  EXEC("penstock_exec_request"),
  /** A plain expression, whose value is JSON. */
  EVAL("penstock_eval_request"),
  /** An expression that is evaluated again and again. */
  STREAM("penstock_stream_request");

  private final String msgType;

  Verb(String msgType) {
    this.msgType = msgType;
  }

  /** Type of the request. */
  String msgType() {
    return msgType;
  }

  /** As clients name it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether only kernels of this gateway's own know it. */
  boolean isOurs() {
    return this != CELL;
  }

  /** Content of the request for an order. */
  ObjectNode content(Order order) {
    ObjectNode content = Json.object();
    switch (this) {
      case CELL -> {
        content.put("code", order.code()).put("silent", false);
        content.put("store_history", order.storeHistory()).putObject("user_expressions");
        content.put("stop_on_error", order.stopOnError());
      }
      case EXEC -> content.put("code", order.code()).put("timeout_s", order.timeout());
      case EVAL -> content.put("expr", order.code()).put("timeout_s", order.timeout());
      case STREAM -> {
        content.put("expr", order.code()).put("step_timeout_s", order.timeout());
        content.put("pace", order.pace() == 0 ? null : (Integer) order.pace());
      }
    }
    return this == STREAM ? content : content.put("allow_stdin", order.allowStdin());
  }
}
