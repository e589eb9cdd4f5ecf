package dev.penstock.gateway.v1;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a reply says of how it went.
 *
 * @param status {@code ok}, {@code error} or {@code aborted}
 * @param ename class of the error; empty if there is none
 * @param count the cell's number; null for what has none
 */
record ReplyStatus(String status, String ename, @Nullable Long count) {
  /** A larger one holds a value, whose parsing would hold up the kernel's other outputs. */
  private static final int LARGE = 1 << 18;

  private static final ReplyStatus OK = new ReplyStatus("ok", "", null);

  /** Reads the content of a reply. */
  static ReplyStatus of(byte[] content) {
    if (content.length > LARGE) {
      String begin = new String(content, 0, 64, StandardCharsets.ISO_8859_1).replace(" ", "");
      if (begin.startsWith("{\"status\":\"ok\"")) {
        return OK;
      }
    }
    try {
      ObjectNode reply = Json.readObject(content);
      long count = Json.integer(reply, "execution_count", -1);
      return new ReplyStatus(
          Objects.requireNonNullElse(Json.text(reply, "status"), "error"),
          Objects.requireNonNullElse(Json.text(reply, "ename"), ""),
          count < 0 ? null : count);
    } catch (JsonLineException e) {
      // Another kernel's mistake: no success, at any rate.
      return new ReplyStatus("error", "", null);
    }
  }
}
