package dev.penstock.gateway.kernels;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.session.OutputEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether clients learn what an exception says: its name, text and traceback may show code and data
 * to those who are only to see results. jupyter_server's {@code allow_tracebacks} (WS-36) hides
 * those of {@code error} messages; they are in replies, too, and in errors of streams of values
 * (docs/verbs.md).
 */
public enum Tracebacks {
  SHOWN,
  HIDDEN;

  private static final Logger LOG = LoggerFactory.getLogger(Tracebacks.class);

  /** In place of a traceback, in jupyter_server's words. */
  private static final String INSTEAD =
      "An exception occurred at runtime, which is not shown due to security reasons.";

  /** The message as clients may see it. */
  public OutputEntry of(OutputEntry entry) {
    boolean isError =
        entry.msgType().equals("error") || entry.msgType().equals("penstock_stream_error");
    boolean any = isError || entry.msgType().endsWith("_reply");
    if (this == SHOWN || !any) {
      return entry;
    }
    try {
      ObjectNode content = Json.readObject(entry.content());
      boolean hidden = hide(content, isError);
      for (JsonNode expression : Json.child(content, "user_expressions")) {
        hidden |= expression instanceof ObjectNode object && hide(object, false);
      }
      return hidden ? entry.withContent(Json.bytes(content)) : entry;
    } catch (JsonLineException e) {
      // Nobody can read it, so that nobody sees a traceback; it might be one all the same.
      LOG.atDebug().setCause(e).log("message without content that can be read");
      return entry.withContent(Json.emptyObject());
    }
  }

  private static boolean hide(ObjectNode content, boolean always) {
    if (!always && !"error".equals(Json.text(content, "status"))) {
      return false;
    }
    content.put("ename", "ExecutionError").put("evalue", "Execution error");
    content.putArray("traceback").add(INSTEAD);
    return true;
  }
}
