package dev.penstock.gateway.pathview;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.verbs.StreamMessage;
import dev.penstock.gateway.verbs.VerbError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages that PathView's page knows, as JSON. */
final class Messages {
  private static final String DEAD = "DeadKernelError";

  private Messages() {}

  static ObjectNode ready() {
    return Json.object().put("type", "ready");
  }

  static ObjectNode progress(String text) {
    return of("progress", text);
  }

  /** A text of {@code stdout} or {@code stderr}. */
  static ObjectNode of(String type, String text) {
    return Json.object().put("type", type).put("value", text);
  }

  static ObjectNode error(String text) {
    return Json.object().put("type", "error").put("error", text);
  }

  static ObjectNode plainError(String text) {
    return Json.object().put("error", text);
  }

  /** Whether it says that the worker ended. */
  static boolean isDeath(VerbError error) {
    return error.ename().equals(DEAD);
  }

  /** What the error says, as {@code str} of the exception would; its name if it says nothing. */
  static String text(VerbError error) {
    if (isDeath(error)) {
      return "Worker process died";
    }
    if (error.ename().equals("SystemExit") && !error.evalue().isEmpty()) {
      return "SystemExit: " + error.evalue(); // a number alone tells nobody anything
    }
    return error.evalue().isEmpty() ? error.ename() : error.evalue();
  }

  /** The error with its traceback, if it has one. */
  static ObjectNode failure(VerbError error) {
    ObjectNode failure = error(text(error));
    if (!error.traceback().isEmpty() && !isDeath(error)) {
      failure.put("traceback", String.join("\n", error.traceback()) + "\n");
    }
    return failure;
  }

  /**
   * A message of a stream.
   *
   * @param id what the client calls the stream
   */
  static ObjectNode of(StreamMessage message, JsonNode id) {
    return switch (message) {
      case StreamMessage.Data data -> identified("stream-data", id).put("value", data.json());
      case StreamMessage.Text text -> of(text.name(), text.text());
      case StreamMessage.Failed failed -> {
        ObjectNode failure = failure(stepError(failed.error()));
        failure.set("id", id);
        yield failure;
      }
      case StreamMessage.Done _ -> identified("stream-done", id);
    };
  }

  /** The same error, with the words that the original has for a step that takes too long. */
  private static VerbError stepError(VerbError error) {
    return error.ename().equals("TimeoutError")
        ? new VerbError(
            error.ename(),
            error.evalue().replaceFirst("^Execution timed out", "Simulation step timed out"),
            error.traceback())
        : error;
  }

  private static ObjectNode identified(String type, JsonNode id) {
    ObjectNode message = Json.object().put("type", type);
    message.set("id", id);
    return message;
  }
}
