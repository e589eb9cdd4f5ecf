package dev.penstock.gateway.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The examples of JSON-RPC 2.0, section 7, and what its text demands besides. */
class DispatcherTest {
  private final List<String> called = new ArrayList<>();

  /** The methods of the document's examples. */
  private Outcome call(String method, Params params) throws RpcException {
    called.add(method);
    return switch (method) {
      case "subtract" -> {
        ObjectNode named = params.named(List.of("minuend", "subtrahend"));
        long left = Json.integer(named, "minuend", 0);
        yield new Outcome.Result(Long.toString(left - Json.integer(named, "subtrahend", 0)));
      }
      case "sum" -> {
        long sum = params.json().valueStream().mapToLong(JsonNode::asLong).sum();
        yield new Outcome.Result(Long.toString(sum));
      }
      case "get_data" -> new Outcome.Result("[\"hello\", 5]");
      case "nothing" -> new Outcome.Result("null");
      case "broken" -> throw new IllegalStateException("a fault");
      case "update", "notify_hello", "notify_sum" -> new Outcome.Result("true");
      default ->
          throw new RpcException(
              new RpcError(RpcError.NO_METHOD, "Method not found", Json.string(method)));
    };
  }

  /** The answer without what errors have in {@code data}; "" for none. */
  private String answer(String request) throws Exception {
    Optional<byte[]> bytes =
        Dispatcher.answer(request.getBytes(StandardCharsets.UTF_8), this::call);
    if (bytes.isEmpty()) {
      return "";
    }
    JsonNode answer = Json.readAny(new String(bytes.get(), StandardCharsets.US_ASCII));
    for (JsonNode one : answer.isArray() ? answer : Json.array().add(answer)) {
      assertThat(one.has("result")).isNotEqualTo(one.has("error"));
      if (one.get("error") instanceof ObjectNode error) {
        assertThat(error.remove("data")).isNotNull();
      }
    }
    return Json.ascii(answer).replace('"', '\'');
  }

  private static String error(int code, String message, String id) {
    return "{'jsonrpc':'2.0','id':%s,'error':{'code':%d,'message':'%s'}}"
        .formatted(id, code, message);
  }

  private static String result(String json, String id) {
    return "{'jsonrpc':'2.0','id':%s,'result':%s}".formatted(id, json);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "[42, 23] | 1 | 19",
        "[23, 42] | 2 | -19",
        "{\"subtrahend\": 23, \"minuend\": 42} | 3 | 19",
        "{\"minuend\": 42, \"subtrahend\": 23} | 4 | 19",
      })
  void parametersByPlaceAndByName(String params, String id, String expected) throws Exception {
    String request =
        "{\"jsonrpc\": \"2.0\", \"method\": \"subtract\", \"params\": %s, \"id\": %s}"
            .formatted(params, id);
    assertThat(answer(request)).isEqualTo(result(expected, id));
  }

  @Test
  void notificationsRunAndHaveNoAnswer() throws Exception {
    assertThat(answer("{\"jsonrpc\": \"2.0\", \"method\": \"update\", \"params\": [1,2,3,4,5]}"))
        .isEmpty();
    assertThat(answer("{\"jsonrpc\": \"2.0\", \"method\": \"foobar\"}")).isEmpty();
    assertThat(called).containsExactly("update", "foobar");
  }

  @Test
  void aMethodThatIsNone() throws Exception {
    assertThat(answer("{\"jsonrpc\": \"2.0\", \"method\": \"foobar\", \"id\": \"1\"}"))
        .isEqualTo(error(-32601, "Method not found", "'1'"));
  }

  @Test
  void whatIsNoJson() throws Exception {
    String expected = error(-32700, "Parse error", "null");
    assertThat(answer("{\"jsonrpc\": \"2.0\", \"method\": \"foobar, \"params\": \"bar\", \"baz]"))
        .isEqualTo(expected);
    assertThat(
            answer(
                "[{\"jsonrpc\": \"2.0\", \"method\": \"sum\", \"params\": [1,2,4], \"id\": \"1\"},"
                    + " {\"jsonrpc\": \"2.0\", \"method\""))
        .isEqualTo(expected);
    assertThat(answer("")).isEqualTo(expected);
    assertThat(answer("{} {}")).isEqualTo(expected);
    assertThat(answer("[".repeat(100_000))).isEqualTo(expected);
  }

  @Test
  void whatIsNoRequest() throws Exception {
    String expected = error(-32600, "Invalid Request", "null");
    assertThat(answer("{\"jsonrpc\": \"2.0\", \"method\": 1, \"params\": \"bar\"}"))
        .isEqualTo(expected);
    assertThat(answer("[]")).isEqualTo(expected);
    assertThat(answer("[1]")).isEqualTo("[" + expected + "]");
    assertThat(answer("[1,2,3]"))
        .isEqualTo("[" + String.join(",", expected, expected, expected) + "]");
    assertThat(answer("\"text\"")).isEqualTo(expected);
    assertThat(answer("{\"method\": \"sum\", \"id\": 7}"))
        .isEqualTo(error(-32600, "Invalid Request", "7"));
    assertThat(answer("{\"jsonrpc\": \"2.0\", \"method\": \"sum\", \"id\": {}}"))
        .isEqualTo(expected);
    assertThat(answer("{\"jsonrpc\": \"2.0\", \"method\": \"sum\", \"params\": 1, \"id\": 7}"))
        .isEqualTo(error(-32600, "Invalid Request", "7"));
    assertThat(called).isEmpty();
  }

  @Test
  void aBatch() throws Exception {
    String request =
        """
        [
          {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
          {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
          {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
          {"foo": "boo"},
          {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
          {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
        ]
        """;
    assertThat(answer(request))
        .isEqualTo(
            "["
                + String.join(
                    ",",
                    result("7", "'1'"),
                    result("19", "'2'"),
                    error(-32600, "Invalid Request", "null"),
                    error(-32601, "Method not found", "'5'"),
                    result("['hello',5]", "'9'"))
                + "]");
    assertThat(called).containsExactly("sum", "notify_hello", "subtract", "foo.get", "get_data");
  }

  @Test
  void aBatchOfNotificationsHasNoAnswer() throws Exception {
    String request =
        """
        [
          {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
          {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
        ]
        """;
    assertThat(answer(request)).isEmpty();
  }

  @Test
  void aBatchThatIsTooLargeIsRefusedAsOne() throws Exception {
    String request = "[" + "1,".repeat(Dispatcher.MOST) + "1]";
    assertThat(answer(request)).isEqualTo(error(-32600, "Invalid Request", "null"));
  }

  @Test
  void faultsOfOursStopNothing() throws Exception {
    String one = "{\"jsonrpc\": \"2.0\", \"method\": \"%s\", \"id\": %d}";
    assertThat(answer("[" + one.formatted("broken", 1) + "," + one.formatted("nothing", 2) + "]"))
        .isEqualTo("[" + error(-32603, "Internal error", "1") + "," + result("null", "2") + "]");
  }

  @ParameterizedTest
  @CsvSource({"1,2,3", "1,,"})
  void tooManyAndUnknownParametersAreInvalid(String first, String second, String third)
      throws Exception {
    String params =
        second == null
            ? "{\"minus\": %s}".formatted(first)
            : "[%s,%s,%s]".formatted(first, second, third);
    String request =
        "{\"jsonrpc\": \"2.0\", \"method\": \"subtract\", \"params\": %s, \"id\": 1}"
            .formatted(params);
    assertThat(answer(request)).isEqualTo(error(-32602, "Invalid params", "1"));
  }
}
