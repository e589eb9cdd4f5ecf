package dev.penstock.gateway.kernels;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * A cell that runs, or a stream of values (docs/verbs.md).
 *
 * @param request header of the request that it is
 * @param input content of its execute_input; of a stream, of its request
 * @param seq number of the log entry that tells its begin
 * @param began when it began
 * @param nanos the same by {@link System#nanoTime}
 */
// Bytes that pass through; never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Running(byte[] request, byte[] input, long seq, Instant began, long nanos) {
  private static final int LONGEST = 200;

  /** The first line that says something, cut to what fits into a table. */
  public String firstLine() {
    String line = code().lines().map(String::strip).filter(Running::says).findFirst().orElse("");
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
  }

  private static boolean says(String line) {
    return !line.isEmpty() && !line.startsWith("#");
  }

  private String code() {
    try {
      ObjectNode content = Json.readObject(input);
      String code = Json.text(content, content.has("code") ? "code" : "expr");
      return code == null ? "" : code;
    } catch (JsonLineException e) {
      // Another kernel's mistake: that something runs is told without what it is.
      return "";
    }
  }
}
