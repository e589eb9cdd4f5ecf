package dev.penstock.gateway.pathview;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.io.IOException;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** What a call of PathView's asks for, and what is wrong with it. */
final class Asked {
  private static final int LONGEST_ID = 1024;

  private Asked() {}

  /** A call that is answered at once, with a status and a body that PathView's clients know. */
  static final class Refusal extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    Refusal(int status, ObjectNode body) {
      super(null, null, false, false);
      this.answer = Answer.json(status, body);
    }

    Answer answer() {
      return answer;
    }
  }

  /** The client's name for its session. */
  static String session(Call call) throws Refusal {
    return session(call, Messages::error);
  }

  /** The same for routes whose errors have no type. */
  static String plainSession(Call call) throws Refusal {
    return session(call, Messages::plainError);
  }

  private static String session(Call call, Function<String, ObjectNode> error) throws Refusal {
    String id = call.header("X-Session-ID");
    if (id == null || id.isEmpty()) {
      throw new Refusal(400, error.apply("Missing X-Session-ID header"));
    }
    if (id.length() > LONGEST_ID) {
      throw new Refusal(
          400, error.apply("X-Session-ID is longer than " + LONGEST_ID + " characters"));
    }
    return id;
  }

  /** Which of a session's readers calls: pages that share a session tell themselves apart by it. */
  static String reader(Call call) {
    return Objects.requireNonNullElse(call.header("X-Reader-ID"), "");
  }

  /** The body, which has to be an object. */
  static ObjectNode body(Call call) throws Refusal, HttpException, IOException {
    byte[] body = call.body();
    if (!isJson(call.header("Content-Type"))) {
      throw new Refusal(
          415, Messages.error("Content-Type has to be application/json: the body is JSON"));
    }
    JsonNode value;
    try {
      value = Json.readAny(new String(body, StandardCharsets.UTF_8));
    } catch (JsonLineException e) {
      // What the parser says may quote the body.
      throw new Refusal(400, Messages.error("The body is not valid JSON"));
    }
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw new Refusal(400, Messages.error("Invalid or missing JSON body"));
  }

  private static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return type.equals("application/json")
        || (type.startsWith("application/") && type.endsWith("+json"));
  }

  /** What the client calls its request: whatever is not empty; a new name if it says nothing. */
  static JsonNode id(ObjectNode body) {
    JsonNode id = body.get("id");
    return id == null ? StringNode.valueOf(UUID.randomUUID().toString()) : id;
  }

  /**
   * The code of a request.
   *
   * @param kind what the request is, as the error calls it
   * @param field where the code is; missing is an empty text
   */
  static String code(ObjectNode body, JsonNode id, String kind, String field) throws Refusal {
    JsonNode code = body.get(field);
    if (isEmpty(id) || (code != null && !code.isString())) {
      ObjectNode error =
          Messages.error("Invalid %s request: missing id or %s".formatted(kind, field));
      error.set("id", id);
      throw new Refusal(400, error);
    }
    return code == null ? "" : code.asString();
  }

  private static boolean isEmpty(JsonNode id) {
    return id.isNull()
        || (id.isString() && id.asString().isEmpty())
        || (id.isBoolean() && !id.asBoolean())
        || (id.isNumber() && id.asDouble() == 0)
        || (id.isContainer() && id.isEmpty());
  }
}
