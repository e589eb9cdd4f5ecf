package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An execution or a stream at one moment.
 *
 * @param mode {@code cell}, {@code exec}, {@code eval} or {@code stream}
 * @param state {@code waiting}, {@code running} or {@code asking}, then {@code ok}, {@code error},
 *     {@code aborted} or {@code cancelled}
 * @param question what it asks its user; null if nothing
 * @param value of an evaluation its value, of a cell the content of its last {@code
 *     execute_result}, else null in JSON
 * @param model all that the server told (docs/api-v1.md, "Executions")
 */
public record Status(
    String id,
    String mode,
    String state,
    @Nullable Question question,
    JsonNode value,
    JsonNode model) {

  /**
   * What running code asks.
   *
   * @param password whether the answer is not to be shown
   */
  public record Question(String prompt, boolean password) {}

  static Status of(JsonNode model) {
    JsonNode asked = model.path("input");
    return new Status(
        Trees.text(model, "id"),
        Trees.text(model, "mode"),
        Trees.text(model, "state"),
        asked.isObject()
            ? new Question(Trees.text(asked, "prompt"), asked.path("password").asBoolean())
            : null,
        model.path("result"),
        model);
  }

  /** Whether nothing will change any more. */
  public boolean isOver() {
    return switch (state) {
      case "ok", "error", "aborted", "cancelled" -> true;
      default -> false;
    };
  }

  /**
   * The value of what has ended well.
   *
   * @throws CodeException for what has not
   */
  public JsonNode result() {
    if (state.equals("ok")) {
      return value;
    }
    throw CodeException.of(state, model.path("error"));
  }
}
