package dev.penstock.gateway.v1;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.Spliced;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.Tracebacks;
import dev.penstock.gateway.session.OutputEntry;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Executions as clients see them (docs/api-v1.md). Results are read from the kernel's log. */
record RunModel(Kernel kernel, Tracebacks tracebacks) {
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  /** Without result and error. */
  ObjectNode summary(RunView run) {
    ObjectNode model =
        Json.object()
            .put("id", run.id())
            .put("session_id", kernel.id())
            .put("mode", run.order().verb().word())
            .put("state", run.state().word())
            .put("created", run.created().toString())
            .put("started", text(run.started()))
            .put("ended", text(run.ended()))
            .put("execution_count", run.reply() == null ? null : run.reply().count())
            .put("from", run.from());
    model.putObject("outputs").put("count", run.outputs()).put("bytes", run.bytes());
    Question question = run.question();
    if (question == null) {
      model.putNull("input");
    } else {
      model
          .putObject("input")
          .put("prompt", Json.clean(question.prompt()))
          .put("password", question.isPassword());
    }
    return model;
  }

  /** All of it. */
  byte[] whole(Run run) {
    RunView view = run.view();
    ObjectNode model = summary(view);
    ObjectNode error = error(view);
    model.set("error", error);
    return new Spliced(model).with("result", result(view)).bytes();
  }

  /** How it ended: {@code {"state", "elapsed", "reason", "ename", "evalue"}}. */
  byte[] exit(RunView run) {
    ObjectNode exit = Json.object().put("state", run.state().word());
    Instant began = Objects.requireNonNullElse(run.started(), run.created());
    Instant ended = Objects.requireNonNullElse(run.ended(), began);
    exit.put("elapsed", BigDecimal.valueOf(Duration.between(began, ended).toMillis(), 3));
    exit.put("reason", run.reason());
    ObjectNode error = error(run);
    exit.put("ename", error == null ? null : error.path("ename").asString(""));
    exit.put("evalue", error == null ? null : error.path("evalue").asString(""));
    return Json.bytes(exit);
  }

  /** {@code {"ename", "evalue", "traceback"}}; null if there is none (yet). */
  private @Nullable ObjectNode error(RunView run) {
    if (!run.state().isOver() || run.state() == RunState.OK) {
      return null;
    }
    OutputEntry entry = run.replySeq() < 0 ? null : kernel.log().get(run.replySeq());
    ReplyStatus reply = Objects.requireNonNull(run.reply());
    ObjectNode said = entry == null ? Json.object() : Told.content(tracebacks.of(entry));
    String ename = Objects.requireNonNullElse(Json.text(said, "ename"), reply.ename());
    String evalue = Objects.requireNonNullElse(Json.text(said, "evalue"), "");
    ObjectNode error = Json.object();
    if (run.timedOut() && ename.equals("KeyboardInterrupt")) {
      ename = "TimeoutError";
      evalue =
          "Execution timed out after "
              + BigDecimal.valueOf(Objects.requireNonNull(run.order().timeout()))
                  .stripTrailingZeros()
                  .toPlainString()
              + "s";
    } else if (ename.isEmpty()) {
      ename = run.state() == RunState.CANCELLED ? "Cancelled" : "Aborted";
      evalue = "it did not run";
    }
    error.put("ename", Json.clean(ename)).put("evalue", Json.clean(evalue));
    ArrayNode traceback = error.putArray("traceback");
    said.path("traceback").forEach(line -> traceback.add(Json.clean(line.asString(""))));
    return error;
  }

  /** JSON of what came out: an evaluation's value, a cell's last {@code execute_result}. */
  private byte[] result(RunView run) {
    if (run.state() != RunState.OK) {
      return NULL;
    }
    return switch (run.order().verb()) {
      case EVAL -> {
        OutputEntry reply = kernel.log().get(run.replySeq());
        String value = reply == null ? null : Json.text(Told.content(reply), "value");
        yield value == null ? NULL : value.getBytes(StandardCharsets.UTF_8);
      }
      case CELL -> {
        OutputEntry result = run.resultSeq() < 0 ? null : kernel.log().get(run.resultSeq());
        yield result == null ? NULL : result.content();
      }
      case EXEC, STREAM -> NULL;
    };
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
