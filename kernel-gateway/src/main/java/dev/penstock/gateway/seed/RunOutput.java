package dev.penstock.gateway.seed;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Gathers what a kernel says of one request. For one thread. */
final class RunOutput {
  /** A kernel that died says no more. */
  private static final String DEAD = "DeadKernelError";

  private final String msgId;
  private final StringBuilder stdout = new StringBuilder();
  private @Nullable ObjectNode result;
  private @Nullable String error;
  private boolean replied;
  private boolean idle;

  /**
   * Nothing yet.
   *
   * @param msgId the request's
   */
  RunOutput(String msgId) {
    this.msgId = msgId;
  }

  /** Whether the reply and the idle were there: they come in any order. */
  boolean isComplete() {
    return replied && idle;
  }

  RunResult result() {
    return new RunResult(stdout.toString(), result, error);
  }

  /** Something went wrong beside the code; the first error counts. */
  void fail(String why) {
    if (error == null) {
      error = why;
    }
  }

  void take(OutputEntry entry) {
    if (!isMine(entry)) {
      return;
    }
    try {
      ObjectNode content = Json.readObject(entry.content());
      switch (entry.msgType()) {
        case "stream" -> print(content);
        case "execute_result" -> result = Json.child(content, "data");
        case "error" -> fail(told(content));
        case "status" -> idle |= "idle".equals(Json.text(content, "execution_state"));
        case "execute_reply" -> reply(entry, content);
        default -> {} // displays and the like are for front ends
      }
    } catch (JsonLineException e) {
      // Another kernel's mistake; what follows may still be read.
      fail("ValueError: the kernel sent a message that is no JSON");
    }
  }

  private void print(ObjectNode content) {
    // Some kernels do not name the stream.
    if (Objects.requireNonNullElse(Json.text(content, "name"), "stdout").equals("stdout")) {
      stdout.append(Objects.requireNonNullElse(Json.text(content, "text"), ""));
    }
  }

  private void reply(OutputEntry entry, ObjectNode content) {
    if (entry.channel() != Channel.SHELL) {
      return;
    }
    replied = true;
    if (!"ok".equals(Json.text(content, "status"))) {
      fail(told(content));
      idle |= DEAD.equals(Json.text(content, "ename"));
    }
  }

  private static String told(ObjectNode content) {
    return Objects.requireNonNullElse(Json.text(content, "ename"), "Error")
        + ": "
        + Objects.requireNonNullElse(Json.text(content, "evalue"), "the kernel did not run it");
  }

  private boolean isMine(OutputEntry entry) {
    return entry.parentMsgId().equals(msgId);
  }
}
