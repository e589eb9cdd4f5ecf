package dev.penstock.gateway.verbs;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.WireException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** Reads entries of a kernel's log. */
final class Said {
  private Said() {}

  /** Whether the entry is about the request with this msg_id. */
  static boolean isAbout(OutputEntry entry, String msgId) {
    // Most entries are about other requests: a stream's values beside a short evaluation.
    if (!new String(entry.parentHeader(), StandardCharsets.ISO_8859_1).contains(msgId)) {
      return false;
    }
    try {
      return Header.parse(entry.parentHeader()).msgId().equals(msgId);
    } catch (WireException e) {
      // What the kernel says for itself has no parent: nobody's request.
      return false;
    }
  }

  /** Its content; an empty object if that is not JSON, which workers never send. */
  static ObjectNode content(OutputEntry entry) {
    try {
      return Json.readObject(entry.content());
    } catch (JsonLineException e) {
      // Code of the user's can publish anything: what it says is not known.
      return Json.object();
    }
  }

  /** What it says of the stream that it is about: nothing, a message, or an error and the end. */
  static List<StreamMessage> ofStream(OutputEntry entry, ObjectNode content) {
    if (entry.channel() == Channel.SHELL) {
      return "ok".equals(Json.text(content, "status"))
          ? List.of()
          : List.of(
              new StreamMessage.Failed(VerbError.of(content)), new StreamMessage.Done("refused"));
    }
    return switch (entry.msgType()) {
      case "stream" ->
          List.of(new StreamMessage.Text(text(content, "name"), text(content, "text")));
      case "penstock_stream_data" -> List.of(new StreamMessage.Data(text(content, "value")));
      case "penstock_stream_error" -> List.of(new StreamMessage.Failed(VerbError.of(content)));
      case "penstock_stream_done" -> List.of(new StreamMessage.Done(text(content, "reason")));
      default -> List.of(); // busy, idle and displays: for front ends
    };
  }

  private static String text(ObjectNode content, String field) {
    return Objects.requireNonNullElse(Json.text(content, field), "");
  }

  /** Whether it says that the request's turn has come. */
  static boolean isBusy(OutputEntry entry) {
    return isStatus(entry, "busy");
  }

  /** Whether it says that the request is over. */
  static boolean isIdle(OutputEntry entry) {
    return isStatus(entry, "idle");
  }

  private static boolean isStatus(OutputEntry entry, String state) {
    return entry.msgType().equals("status")
        && state.equals(Json.text(content(entry), "execution_state"));
  }
}
