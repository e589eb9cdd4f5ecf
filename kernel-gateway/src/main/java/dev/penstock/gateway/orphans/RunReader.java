package dev.penstock.gateway.orphans;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.session.OutputEntry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Puts together what the messages of one execution say, in their order. For one thread. */
final class RunReader {
  /** A notebook with more than this in one cell can hardly be opened. */
  private static final long MOST_BYTES = 64L << 20;

  private final CellOutputs outputs = new CellOutputs();
  private final String msgId;
  private JsonNode count = JsonNodeFactory.instance.nullNode();
  private boolean ran;
  private boolean aborted;
  private boolean replied;
  private boolean idle;
  private long bytes;

  /** Nothing yet of the execution that this request asked for. */
  RunReader(String msgId) {
    this.msgId = msgId;
  }

  /** Takes the next message, of whatever request. */
  void take(OutputEntry entry) throws UnwrittenException {
    // A later cell may update a display of this one: the id alone tells.
    if (!entry.msgType().equals("update_display_data") && !isMine(entry)) {
      return;
    }
    switch (entry.msgType()) {
      case "stream" -> outputs.stream(content(entry));
      case "display_data", "execute_result" -> outputs.display(entry.msgType(), content(entry));
      case "update_display_data" -> outputs.update(content(entry));
      case "error" -> outputs.error(content(entry));
      case "clear_output" -> outputs.clear(content(entry));
      case "execute_input" -> {
        ran = true;
        count = count(content(entry));
      }
      case "execute_reply" -> replied(content(entry));
      case "status" -> idle |= "idle".equals(Json.text(content(entry), "execution_state"));
      default -> {} // not shown in a cell
    }
  }

  private void replied(ObjectNode reply) {
    replied = true;
    aborted = "aborted".equals(Json.text(reply, "status"));
    if (reply.hasNonNull("execution_count")) {
      count = count(reply);
    }
    // What `object?` found: pages are payloads of the reply, and shown like a display.
    for (JsonNode payload : reply.path("payload")) {
      if ("page".equals(Json.text(payload, "source")) && payload instanceof ObjectNode page) {
        outputs.display("display_data", page);
      }
    }
  }

  /** Whether reply and idle have come, in whatever order. */
  boolean isOver() {
    return replied && idle;
  }

  /** Whether the code was executed, as far as was read. */
  boolean hasRun() {
    return ran;
  }

  /** Whether the reply says that the code was not executed: an earlier cell failed. */
  boolean isAborted() {
    return aborted;
  }

  /** The cell as it is now. */
  CellRun result() {
    return new CellRun(outputs.json(), count);
  }

  private static JsonNode count(ObjectNode content) {
    JsonNode said = content.get("execution_count");
    return said != null && said.isIntegralNumber() ? said : JsonNodeFactory.instance.nullNode();
  }

  private boolean isMine(OutputEntry entry) {
    return entry.parentMsgId().equals(msgId);
  }

  private ObjectNode content(OutputEntry entry) throws UnwrittenException {
    bytes += entry.content().length;
    if (bytes > MOST_BYTES) {
      throw new UnwrittenException(Outcome.TOO_LARGE);
    }
    try {
      return Json.readObject(entry.content());
    } catch (JsonLineException e) {
      // NaN, for one, which is no JSON. Clients may still read the log.
      throw new UnwrittenException(Outcome.FAILED);
    }
  }
}
