package dev.penstock.protocol.client;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The content of an {@code execute_request} (messaging spec, "Execute").
 *
 * @param code source text, any number of lines
 * @param silent no {@code execute_input} and no result, not counted
 * @param storeHistory counts the cell and stores it
 * @param stopOnError an error aborts the requests that are queued behind this one
 */
public record ExecuteRequest(
    String code, boolean silent, boolean storeHistory, boolean stopOnError) {

  /** Runs a cell as a notebook does. */
  public static ExecuteRequest of(String code) {
    return new ExecuteRequest(code, false, true, true);
  }

  ObjectNode content(boolean allowStdin) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("code", code);
    content.put("silent", silent);
    content.put("store_history", storeHistory);
    content.putObject("user_expressions");
    content.put("allow_stdin", allowStdin);
    content.put("stop_on_error", stopOnError);
    return content;
  }
}
