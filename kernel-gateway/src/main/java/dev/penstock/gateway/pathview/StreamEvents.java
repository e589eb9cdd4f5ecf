package dev.penstock.gateway.pathview;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * A stream as the server-sent events of PathView's earlier generation: {@code data}, {@code
 * stdout}, {@code stderr}, at the end {@code done} or {@code error}, never both. For one thread.
 */
final class StreamEvents {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final OutputStream out;
  private final PathviewSession session;
  private final StreamReader reader;
  private final PathviewStream stream;

  /** Events of a stream, from its beginning, for a client that has entered the session. */
  StreamEvents(OutputStream out, PathviewSession session, PathviewStream stream) {
    this.out = out;
    this.session = session;
    this.stream = stream;
    this.reader = new StreamReader(stream);
  }

  /** Writes to the stream's end. */
  void write() throws IOException, InterruptedException {
    try {
      comment();
      while (!reader.isOver()) {
        Batch batch = reader.read(HEARTBEAT);
        if (batch.messages().isEmpty()) {
          comment();
        } else if (send(batch)) {
          return;
        }
      }
    } catch (IOException e) {
      stream.stop(); // its client is gone, and nobody else was told of it
      throw e;
    } finally {
      session.leave();
    }
  }

  /** Whether that was the last event. */
  private boolean send(Batch batch) throws IOException {
    StringBuilder text = new StringBuilder();
    boolean last = false;
    for (JsonNode message : batch.messages()) {
      last |= append(text, message);
    }
    write(text.toString());
    return last;
  }

  private static boolean append(StringBuilder text, JsonNode message) {
    String type = Objects.requireNonNullElse(Json.text(message, "type"), "");
    switch (type) {
      case "stream-data" -> event(text, "data", message.path("value").asString(""));
      case "stream-done" -> {
        if (!text.toString().contains("event: error\n")) {
          event(text, "done", "{}");
        }
        return true;
      }
      case "error" -> event(text, "error", error(message));
      default -> event(text, type, message.path("value").toString());
    }
    return false;
  }

  private static String error(JsonNode message) {
    var error = Json.object().put("error", message.path("error").asString(""));
    if (message.has("traceback")) {
      error.put("traceback", message.path("traceback").asString(""));
    }
    return error.toString();
  }

  /** The data is JSON in one line. */
  private static void event(StringBuilder text, String name, String data) {
    text.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
  }

  /** Shows a client that is gone. */
  private void comment() throws IOException {
    write(": here\n\n");
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
