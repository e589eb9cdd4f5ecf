package dev.penstock.protocol.client;

import dev.penstock.protocol.json.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Typed replies to what an editor asks (messaging spec, "Messages on the shell channel"). */
public final class Answers {

  private Answers() {}

  /**
   * Completions.
   *
   * @param matches texts that may replace the range
   * @param cursorStart start of the range, in code points of the code
   * @param cursorEnd end of the range, in code points of the code
   * @param metadata extras such as types of the matches
   */
  public record Completion(
      List<String> matches, int cursorStart, int cursorEnd, ObjectNode metadata) {
    static Completion of(Reply reply) {
      ObjectNode content = reply.content();
      return new Completion(
          content.path("matches").valueStream().map(JsonNode::asString).toList(),
          content.path("cursor_start").asInt(0),
          content.path("cursor_end").asInt(0),
          Json.asObject(content.path("metadata")));
    }
  }

  /**
   * What is known about the name at the cursor.
   *
   * @param found false if nothing is known
   * @param data MIME types to texts
   */
  public record Inspection(boolean found, ObjectNode data) {
    static Inspection of(Reply reply) {
      return new Inspection(
          reply.content().path("found").asBoolean(false),
          Json.asObject(reply.content().path("data")));
    }
  }

  /**
   * Whether code can run as it is.
   *
   * @param status {@code complete}, {@code incomplete}, {@code invalid} or {@code unknown}
   * @param indent blanks for the next line of incomplete code
   */
  public record Completeness(String status, String indent) {
    static Completeness of(Reply reply) {
      return new Completeness(reply.status(), Trees.text(reply.content(), "indent"));
    }
  }

  /** One input of the kernel's history. */
  public record HistoryEntry(int session, int line, String input) {
    static List<HistoryEntry> of(Reply reply) {
      return reply
          .content()
          .path("history")
          .valueStream()
          .map(e -> new HistoryEntry(e.path(0).asInt(0), e.path(1).asInt(0), input(e.path(2))))
          .toList();
    }

    private static String input(JsonNode node) {
      return node.isArray() ? node.path(0).asString("") : node.asString("");
    }
  }
}
