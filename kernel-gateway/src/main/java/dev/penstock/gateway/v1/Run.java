package dev.penstock.gateway.v1;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.verbs.Pace;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An execution: what was asked, where it is, and which entries of the kernel's log are about it.
 * What it said stays in the log. Thread-safe.
 */
final class Run {
  /** A kernel that died says no more: no idle follows. */
  private static final String DEAD = "DeadKernelError";

  private final String id;
  private final Order order;
  private final Instant created = Instant.now();
  private final long from;
  private final Pace pace;
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private final CompletableFuture<Void> entered = new CompletableFuture<>();
  private final CompletableFuture<Void> unwanted = new CompletableFuture<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private RunState state = RunState.WAITING;
  private @Nullable Instant started;
  private @Nullable Instant ended;
  private @Nullable Question question;
  private @Nullable ReplyStatus reply;
  private @Nullable String reason;
  private volatile long heard = -1;
  private long values;
  private boolean idle;
  private boolean timedOut;
  private long to = -1;
  private long replySeq = -1;
  private long resultSeq = -1;
  private long outputs;
  private long bytes;

  /**
   * One that waits.
   *
   * @param id msg_id of its request
   * @param order what was asked, as it is remembered
   * @param from number of the first log entry that can be about it
   * @param pace tells a stream how much of it was read
   */
  Run(String id, Order order, long from, Pace pace) {
    this.pace = pace;
    this.id = id;
    this.order = order;
    this.from = from;
  }

  String id() {
    return id;
  }

  Order order() {
    return order;
  }

  long from() {
    return from;
  }

  Pace pace() {
    return pace;
  }

  /** How many values it has sent. */
  synchronized long values() {
    return values;
  }

  /** Completed when its turn has come. Never exceptionally. */
  CompletableFuture<Void> begun() {
    return begun;
  }

  /**
   * Completed when the kernel has told its code, and runs it at once: until then it may yet be
   * aborted. Never exceptionally, and never for verbs.
   */
  CompletableFuture<Void> entered() {
    return entered;
  }

  /** Completed when a client wants it ended. Never exceptionally. */
  CompletableFuture<Void> unwanted() {
    return unwanted;
  }

  /** Completed when it is over. Never exceptionally. */
  CompletableFuture<Void> over() {
    return over;
  }

  /** What is known of it now. */
  synchronized RunView view() {
    return new RunView(
        id, order, created, started, ended, state, question, reply, reason, timedOut, from, to,
        replySeq, resultSeq, outputs, bytes);
  }

  /** The kernel said something about it. */
  synchronized void said(long seq, OutputEntry entry) {
    if (!state.isOver()) {
      take(seq, entry);
    }
    heard = seq;
  }

  /** Number of its latest log entry that it knows of: an entry is logged before it is heard. */
  long heard() {
    return heard;
  }

  private void take(long seq, OutputEntry entry) {
    switch (entry.channel()) {
      case SHELL -> replied(seq, entry);
      case STDIN -> {
        if (entry.msgType().equals("input_request")) {
          asked(entry);
        }
      }
      case IOPUB -> published(seq, entry);
      case CONTROL, HEARTBEAT -> {} // nothing of an execution comes there
    }
    if (reply != null && (idle || reply.ename().equals(DEAD))) {
      end(seq);
    }
  }

  private void replied(long seq, OutputEntry entry) {
    ReplyStatus said = ReplyStatus.of(entry.content());
    reply = said;
    if (replySeq < 0) {
      replySeq = seq;
    }
    question = null;
  }

  private void asked(OutputEntry entry) {
    ObjectNode content = content(entry);
    String prompt = Objects.requireNonNullElse(Json.text(content, "prompt"), "");
    question = new Question(entry.header(), prompt, Json.flag(content, "password"));
    state = RunState.ASKING;
    count(entry);
  }

  private void published(long seq, OutputEntry entry) {
    switch (entry.msgType()) {
      case "status" -> {
        String said = new String(entry.content(), StandardCharsets.UTF_8);
        if (said.contains("\"busy\"") && started == null) {
          started = Instant.now();
          state = RunState.RUNNING;
          boolean _ = begun.complete(null);
        }
        idle |= said.contains("\"idle\"");
      }
      case "execute_input" -> {
        boolean _ = entered.complete(null);
      }
      case "execute_result" -> {
        resultSeq = seq;
        count(entry);
      }
      case "penstock_stream_error" -> replySeq = seq; // tells more than the reply, which was ok
      case "penstock_stream_done" -> reason = Json.text(content(entry), "reason");
      case "penstock_stream_data" -> {
        values++;
        count(entry);
      }
      default -> {
        if (Told.isOutput(entry)) {
          count(entry);
        }
      }
    }
  }

  private void count(OutputEntry entry) {
    outputs++;
    bytes += entry.content().length;
  }

  private static ObjectNode content(OutputEntry entry) {
    try {
      return Json.readObject(entry.content());
    } catch (JsonLineException e) {
      // Another kernel's mistake: it says nothing.
      return Json.object();
    }
  }

  private void end(long seq) {
    to = seq;
    ended = Instant.now();
    question = null;
    state = outcome();
    boolean _ = over.complete(null);
  }

  private RunState outcome() {
    ReplyStatus said = Objects.requireNonNull(reply);
    if (said.status().equals("aborted")) {
      return unwanted.isDone() ? RunState.CANCELLED : RunState.ABORTED;
    }
    boolean isOk = said.status().equals("ok") && !"error".equals(reason);
    boolean interrupted = said.ename().equals("KeyboardInterrupt") || "interrupted".equals(reason);
    if (unwanted.isDone() && (interrupted || "stopped".equals(reason))) {
      return RunState.CANCELLED;
    }
    return isOk ? RunState.OK : RunState.ERROR;
  }

  /** The kernel is gone, and has said all that it ever will. */
  synchronized void lost(long next) {
    if (!state.isOver()) {
      reply = new ReplyStatus("error", DEAD, null);
      end(Math.max(from, next));
      heard = Long.MAX_VALUE;
    }
  }

  /** A client wants it ended; false if it is over. */
  synchronized boolean askCancel() {
    if (state.isOver()) {
      return false;
    }
    boolean _ = unwanted.complete(null);
    return true;
  }

  /** Whether it is not over although a client wants it ended. */
  synchronized boolean isUnwanted() {
    return unwanted.isDone() && !state.isOver();
  }

  /** Its time is over; false if it was over before. */
  synchronized boolean timeOut() {
    timedOut |= !state.isOver();
    return !state.isOver();
  }

  /** Takes its question, which then has an answer; null if it asks nothing. */
  synchronized @Nullable Question takeQuestion() {
    Question asked = question;
    question = null;
    if (asked != null) {
      state = RunState.RUNNING;
    }
    return asked;
  }
}
