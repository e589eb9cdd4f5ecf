package dev.penstock.protocol.client;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How code ended (messaging spec, "Execution results").
 *
 * @param status {@code ok}, {@code error} or {@code aborted}
 * @param executionCount number of the cell, 0 if the kernel sent none
 * @param ename name of the error, else ""
 * @param evalue text of the error, else ""
 * @param traceback lines of the error, with ANSI colours
 * @param content all of it, with {@code payload} and {@code user_expressions}
 */
public record ExecuteReply(
    String status,
    int executionCount,
    String ename,
    String evalue,
    List<String> traceback,
    ObjectNode content) {

  static ExecuteReply of(Reply reply) {
    ObjectNode content = reply.content();
    return new ExecuteReply(
        reply.status(),
        content.path("execution_count").asInt(0),
        content.path("ename").asString(""),
        content.path("evalue").asString(""),
        content.path("traceback").valueStream().map(JsonNode::asString).toList(),
        content);
  }

  /** Whether the code ran to its end. */
  public boolean isOk() {
    return status.equals("ok");
  }
}
