package dev.penstock.gateway.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What holds for every request: thousands of them, from a seed. */
class DispatcherPropertiesTest {
  private static final int REQUESTS = 3000;

  /** Gives its parameters back; "no" fails. */
  private static Outcome echo(String method, Params params) throws RpcException {
    if (method.equals("no")) {
      throw new RpcException(
          new RpcError(RpcError.NO_METHOD, "Method not found", Json.string(method)));
    }
    return Outcome.result(params.json());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void eachCallHasItsAnswerAndNotificationsHaveNone(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < REQUESTS; i++) {
      ArrayNode batch = Json.array();
      List<JsonNode> expected = new ArrayList<>();
      int size = 1 + random.nextInt(5);
      for (int n = 0; n < size; n++) {
        ObjectNode call = call(random);
        batch.add(call);
        if (call.has("id")) {
          expected.add(call);
        }
      }
      boolean alone = size == 1 && random.nextBoolean();
      Optional<byte[]> answer =
          Dispatcher.answer(ascii(alone ? batch.get(0) : batch), DispatcherPropertiesTest::echo);
      assertThat(answer.isEmpty()).isEqualTo(expected.isEmpty());
      if (answer.isPresent()) {
        check(read(answer.get()), expected, alone);
      }
    }
  }

  private static void check(JsonNode answer, List<JsonNode> expected, boolean alone) {
    assertThat(answer.isArray()).isNotEqualTo(alone);
    JsonNode answers = alone ? Json.array().add(answer) : answer;
    assertThat(answers.size()).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      JsonNode call = expected.get(i);
      JsonNode one = answers.get(i);
      assertThat(one.path("jsonrpc").asString("")).isEqualTo("2.0");
      assertThat(one.get("id")).isEqualTo(call.get("id"));
      assertThat(one.size()).isEqualTo(3);
      if (call.path("method").asString("").equals("no")) {
        assertThat(one.path("error").path("code").asInt(0)).isEqualTo(-32601);
      } else {
        JsonNode params = call.get("params");
        assertThat(one.get("result")).isEqualTo(params == null ? Json.array() : params);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void whateverComesIsAnsweredByTheProtocol(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < REQUESTS; i++) {
      byte[] request = ascii(call(random));
      for (int n = 0; n < 1 + random.nextInt(4); n++) {
        request[random.nextInt(request.length)] = (byte) random.nextInt(256);
      }
      Optional<byte[]> answer = Dispatcher.answer(request, DispatcherPropertiesTest::echo);
      if (answer.isPresent()) {
        JsonNode one = read(answer.get());
        assertThat(one.has("result")).isNotEqualTo(one.has("error"));
        assertThat(one.has("id")).isTrue();
      }
    }
  }

  private static ObjectNode call(Random random) {
    ObjectNode call = Json.object().put("jsonrpc", "2.0");
    call.put("method", random.nextInt(5) == 0 ? "no" : text(random));
    switch (random.nextInt(3)) {
      case 0 -> call.set("params", array(random, 3));
      case 1 -> call.set("params", object(random, 3));
      default -> {} // none
    }
    switch (random.nextInt(6)) {
      case 0 -> {} // a notification
      case 1 -> call.putNull("id");
      case 2 -> call.put("id", random.nextInt());
      case 3 -> call.put("id", random.nextLong());
      case 4 -> call.put("id", random.nextDouble());
      default -> call.put("id", text(random));
    }
    return call;
  }

  private static JsonNode value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> Json.string(text(random));
      case 1 -> Json.object().numberNode(random.nextInt());
      case 2 -> Json.object().booleanNode(random.nextBoolean());
      case 3 -> Json.object().nullNode();
      case 4 -> array(random, depth - 1);
      default -> object(random, depth - 1);
    };
  }

  private static ArrayNode array(Random random, int depth) {
    ArrayNode array = Json.array();
    for (int i = random.nextInt(4); i > 0; i--) {
      array.add(value(random, depth));
    }
    return array;
  }

  private static ObjectNode object(Random random, int depth) {
    ObjectNode object = Json.object();
    for (int i = random.nextInt(4); i > 0; i--) {
      object.set(name(random), value(random, depth));
    }
    return object;
  }

  /** The parser takes no half of a pair in a name. */
  private static String name(Random random) {
    return text(random)
        .codePoints()
        .filter(Character::isBmpCodePoint)
        .filter(c -> !isHalf(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isHalf(int character) {
    return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
  }

  /** Any characters: controls, quotes, halves of pairs. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append((char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
    }
    return text.toString();
  }

  private static byte[] ascii(JsonNode json) {
    return Json.ascii(json).getBytes(StandardCharsets.US_ASCII);
  }

  private static JsonNode read(byte[] json) throws Exception {
    return Json.readAny(new String(json, StandardCharsets.US_ASCII));
  }
}
