package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What an execution or a stream says (docs/api-v1.md, "Outputs"). */
public sealed interface Entry {

  /** Its number; they grow, with holes. */
  long seq();

  /**
   * Text that code has written.
   *
   * @param stream {@code stdout} or {@code stderr}
   */
  record Text(long seq, String time, String stream, String text) implements Entry {}

  /** A value of a stream. */
  record Value(long seq, String time, JsonNode value) implements Entry {}

  /**
   * Anything else that Jupyter has messages for.
   *
   * @param type {@code display_data}, {@code update_display_data}, {@code execute_result}, {@code
   *     error}, {@code clear_output} or {@code input_request}
   * @param content the message's
   */
  record Message(long seq, String time, String type, JsonNode content, List<byte[]> buffers)
      implements Entry {}

  /** Entries are gone that were not read before the log was full; {@code seq} is the next one's. */
  record Gap(long seq, long lost) implements Entry {}

  /**
   * The end, always the last entry.
   *
   * @param state {@code ok}, {@code error}, {@code aborted} or {@code cancelled}
   * @param elapsed seconds
   * @param reason of a stream: why it ended
   * @param ename null unless there was an error
   */
  record Exit(
      long seq,
      String time,
      String state,
      double elapsed,
      @Nullable String reason,
      @Nullable String ename,
      @Nullable String evalue)
      implements Entry {}

  /** Reads the server's model. */
  static Entry of(JsonNode model) {
    if (model.has("lost")) {
      return new Gap(model.path("from").asLong(), model.path("lost").asLong());
    }
    long seq = model.path("seq").asLong();
    String time = Trees.text(model, "time");
    if (model.has("exit")) {
      JsonNode exit = model.path("exit");
      return new Exit(
          seq,
          time,
          Trees.text(exit, "state"),
          exit.path("elapsed").asDouble(),
          Json.optional(exit, "reason"),
          Json.optional(exit, "ename"),
          Json.optional(exit, "evalue"));
    }
    if (model.has("stream")) {
      return new Text(seq, time, Trees.text(model, "stream"), Trees.text(model, "text"));
    }
    if (model.has("value")) {
      return new Value(seq, time, model.path("value"));
    }
    List<byte[]> buffers =
        model
            .path("buffers")
            .valueStream()
            .map(text -> Base64.getDecoder().decode(text.asString()))
            .toList();
    return new Message(seq, time, Trees.text(model, "type"), model.path("content"), buffers);
  }
}
