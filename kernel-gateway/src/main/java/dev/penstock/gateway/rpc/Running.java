package dev.penstock.gateway.rpc;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.verbs.Turn;
import dev.penstock.gateway.verbs.VerbError;
import dev.penstock.gateway.verbs.VerbResult;
import dev.penstock.gateway.verbs.Verbs;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What runs in a session's worker: code, expressions and the user's functions. Thread-safe. */
final class Running {
  /** The client decides how long it waits; the work goes on in any case. */
  private static final Duration ANY_TIME = Duration.ofDays(365);

  /** What the worker's answer begins with where a function has returned. */
  private static final String RETURNED = "{\"result\": ";

  private static final String FUNCTIONS =
      "__import__(\"penstock.worker.functions\", None, None, [\"call\"])";

  private static final double LONGEST_S = 1e9;

  private final Verbs verbs;

  Running(Verbs verbs) {
    this.verbs = verbs;
  }

  /** Executes {@code code}, in at most {@code timeout_s}; the result is what it wrote. */
  Outcome execute(Params params, Turn turn) throws RpcException, InterruptedException {
    ObjectNode named = params.named(List.of("code", "timeout_s"));
    String code = text(named, "code");
    Duration limit = limit(named);
    VerbResult result = wait(() -> verbs.execute(code, limit, ANY_TIME, turn));
    return Outcome.result(
        Json.object().put("stdout", result.stdout()).put("stderr", result.stderr()));
  }

  /** Evaluates {@code expr}, in at most {@code timeout_s}. */
  Outcome evaluate(Params params, Turn turn) throws RpcException, InterruptedException {
    ObjectNode named = params.named(List.of("expr", "timeout_s"));
    return new Outcome.Result(value(ask(text(named, "expr"), limit(named), turn)));
  }

  /** Calls a function that the user registered. */
  Outcome call(String name, Params params, Turn turn) throws RpcException, InterruptedException {
    String arguments = literal(name) + ", " + literal(Json.ascii(params.json()));
    VerbResult result = ask(FUNCTIONS + ".call(" + arguments + ")", null, turn);
    String said = value(result);
    if (said.startsWith(RETURNED)) {
      return new Outcome.Result(said.substring(RETURNED.length(), said.length() - 1));
    }
    ObjectNode error = Json.child(object(said), "error");
    throw new RpcException(RpcError.ofFunction(error, result));
  }

  /** The user's functions: an array of descriptions ({@code penstock.worker.functions}). */
  JsonNode functions() throws RpcException, InterruptedException {
    VerbResult result = ask("{\"all\": " + FUNCTIONS + ".describe()}", null, () -> {});
    return object(value(result)).path("all");
  }

  private VerbResult ask(String expression, @Nullable Duration limit, Turn turn)
      throws RpcException, InterruptedException {
    return wait(() -> verbs.evaluate(expression, limit, ANY_TIME, turn));
  }

  private static String value(VerbResult result) {
    return Objects.requireNonNullElse(result.value(), "null");
  }

  /** Asks the worker something. */
  @FunctionalInterface
  private interface Question {
    VerbResult ask() throws InterruptedException, TimeoutException;
  }

  private static VerbResult wait(Question question) throws RpcException, InterruptedException {
    VerbResult result;
    try {
      result = question.ask();
    } catch (TimeoutException e) {
      throw new IllegalStateException("a year has passed", e);
    }
    VerbError error = result.error();
    if (error != null) {
      throw new RpcException(RpcError.failed(error, result));
    }
    return result;
  }

  /** A text as Python's source has it: what JSON can say in ASCII it reads the same. */
  private static String literal(String text) {
    String array = Json.ascii(Json.array().add(text));
    return array.substring(1, array.length() - 1);
  }

  private static ObjectNode object(String json) {
    try {
      return (ObjectNode) Json.readAny(json);
    } catch (JsonLineException e) {
      throw new IllegalStateException("the worker says no JSON", e);
    }
  }

  private static String text(ObjectNode named, String name) throws RpcException {
    String text = Json.text(named, name);
    if (text == null) {
      throw new RpcException(RpcError.invalidParams(name + " must be a string"));
    }
    return text;
  }

  private static @Nullable Duration limit(ObjectNode named) throws RpcException {
    JsonNode seconds = named.path("timeout_s");
    if (seconds.isMissingNode() || seconds.isNull()) {
      return null;
    }
    double number = seconds.isNumber() ? seconds.doubleValue() : 0;
    if (!(number > 0 && number <= LONGEST_S)) {
      throw new RpcException(
          RpcError.invalidParams("timeout_s must be a number of seconds above 0"));
    }
    return Duration.ofNanos((long) (number * 1e9));
  }
}
