package dev.penstock.gateway.rpc.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the original servers answer, and where these do better. */
class ExamplesApiTest {
  private Instant now = Instant.EPOCH;
  private final Endpoint function = new FunctionView();
  private final Endpoint method = new MethodView();
  private final Endpoint jobs = new JobView(new TestingClock());

  /** A clock that stands until it is moved. */
  private final class TestingClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private static ObjectNode request(String name, String params) throws Exception {
    return Json.readObject(
        "{'jsonrpc':'2.0','id':'ID7','method':'%s','params':%s}"
            .formatted(name, params)
            .replace('\'', '"')
            .getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Answer answer) {
    return new String(answer.body(), StandardCharsets.US_ASCII).replace('"', '\'');
  }

  private static String answer(Endpoint endpoint, ObjectNode request) {
    return text(ExamplesApi.answer(endpoint, true, request));
  }

  private static String error(int code, String message) {
    return "{'jsonrpc':'2.0','id':'ID7','error':{'code':%d,'message':'%s'}}"
        .formatted(code, message);
  }

  @ParameterizedTest
  @CsvSource({"echo,aBc", "REVERSE,cBa", "UpperCase,ABC", "lowercase,abc"})
  void bothViewsDoTheFourMethods(String name, String expected) throws Exception {
    for (Endpoint endpoint : new Endpoint[] {function, method}) {
      assertThat(answer(endpoint, request(name, "['aBc']")))
          .isEqualTo("{'jsonrpc':'2.0','id':'ID7','result':'" + expected + "'}");
      assertThat(answer(endpoint, request(name, "['']")))
          .isEqualTo("{'jsonrpc':'2.0','id':'ID7','result':''}");
    }
  }

  @Test
  void errorsHaveTheOriginalsWords() throws Exception {
    assertThat(answer(function, request("other", "['a']")))
        .isEqualTo(error(-32601, "Invalid Method"));
    assertThat(answer(method, request("Other", "['a']")))
        .isEqualTo(error(-32601, "The method Other does not exist / is not available."));
    for (String params : new String[] {"null", "[]", "{}"}) {
      assertThat(answer(function, request("echo", params)))
          .isEqualTo(error(-32602, "Invalid Method Parameters"));
      assertThat(answer(method, request("echo", params)))
          .isEqualTo(error(-32602, "Invalid Request: parameters are required"));
    }
    assertThat(answer(function, request("reverse", "[1]")))
        .isEqualTo(error(-32602, "Invalid Method Parameters"));
  }

  @Test
  void otherTypesVersionsAndTexts() throws Exception {
    ObjectNode old = request("echo", "['a']").put("jsonrpc", "1.0");
    assertThat(answer(function, old)).isEqualTo("{'jsonrpc':'2.0','id':'ID7','result':'a'}");
    assertThat(answer(method, old))
        .isEqualTo(error(-32600, "Invalid Request: The JSON RPC version must be 2.0"));
    assertThat(text(ExamplesApi.answer(function, false, old)))
        .isEqualTo("{'jsonrpc':'2.0','error':{'code':-32700,'message':'incorrect type or data'}}");
    assertThat(text(ExamplesApi.answer(method, false, old)))
        .isEqualTo(error(-32600, "Invalid Request: The server received an invalid content_type"));
    for (Endpoint endpoint : new Endpoint[] {function, method}) {
      assertThat(text(ExamplesApi.answer(endpoint, true, null)))
          .isEqualTo("{'jsonrpc':'2.0','error':{'code':-32700,'message':'Invalid Method'}}");
    }
  }

  @Test
  void aNotificationHasNoAnswer() throws Exception {
    ObjectNode request = request("echo", "['a']").put("version", "1.1").without("id");
    for (Endpoint endpoint : new Endpoint[] {function, method, jobs}) {
      assertThat(ExamplesApi.answer(endpoint, true, request).status()).isEqualTo(204);
    }
  }

  @Test
  void aJobIsPendingForFiveSeconds() throws Exception {
    String id = begin("uppercase", "['aBc']");
    assertThat(result(id)).isEqualTo("{'task_id':'" + id + "','state':'PENDING'}");
    now = now.plus(JobView.COUNTDOWN).minus(Duration.ofNanos(1));
    assertThat(result(id)).contains("PENDING");
    now = now.plus(Duration.ofNanos(1));
    for (int i = 0; i < 2; i++) {
      assertThat(result(id)).isEqualTo("{'task_id':'" + id + "','state':'SUCCESS','echo':'ABC'}");
    }
    assertThat(result("another")).contains("PENDING");
  }

  @Test
  void mistakesWithJobs() throws Exception {
    assertThat(answer(jobs, request("get_result", "['a']")))
        .isEqualTo(
            error(
                -32602,
                "Invalid Request: for get_result, parameters is required to be a dictionary"));
    assertThat(answer(jobs, request("get_result", "{'time':1}"))).contains("task_id is required");
    assertThat(answer(jobs, request("echo", "{'a':1}"))).contains("as a list or dictionary");
    String id = begin("reverse", "[1]");
    now = now.plus(JobView.COUNTDOWN);
    assertThat(answer(jobs, request("get_result", "{'task_id':'" + id + "'}")))
        .isEqualTo(error(-32602, "Internal JSON-RPC Error"));
  }

  @Test
  void theOldestJobsAreForgotten() throws Exception {
    String first = begin("echo", "['a']");
    for (int i = 0; i < JobView.MOST; i++) {
      assertThat(begin("echo", "['b']")).isNotEqualTo(first);
    }
    now = now.plus(JobView.COUNTDOWN);
    assertThat(result(first)).contains("PENDING");
  }

  private String begin(String name, String params) throws Exception {
    JsonNode answer =
        Json.readAny(answer(jobs, request(name, params)).replace('\'', '"')).get("result");
    return answer.path("task_id").asString("");
  }

  private String result(String id) throws Exception {
    String answer = answer(jobs, request("get_result", "{'task_id':'" + id + "','time':'x'}"));
    return Json.ascii(Json.readAny(answer.replace('\'', '"')).get("result")).replace('"', '\'');
  }
}
