package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.session.CodeClient;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.Request;
import dev.penstock.gateway.verbs.Pace;
import dev.penstock.protocol.message.Channel;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** This API as a client of one kernel: its executions, and short questions. Thread-safe. */
final class SessionClient {
  private final Kernel kernel;
  private final CodeClient client = new CodeClient("api");
  private final Runs runs = new Runs();

  /** Short questions that wait for their reply, by msg_id. */
  private final Map<String, CompletableFuture<OutputEntry>> asked = new ConcurrentHashMap<>();

  SessionClient(Kernel kernel) {
    this.kernel = kernel;
  }

  Kernel kernel() {
    return kernel;
  }

  Runs runs() {
    return runs;
  }

  /** Whether the kernel is one of this gateway's own. */
  boolean isOurs() {
    return kernel.order().spec().isPenstock();
  }

  /**
   * Runs something, once for each key.
   *
   * @param key null for a call that is not sent again
   * @throws HttpException 409 if the key was used for something else, 400 if the kernel does not
   *     know the verb, 429 if too many wait
   */
  Runs.Started start(Order order, @Nullable String key) throws HttpException {
    if (order.verb().isOurs() && !isOurs()) {
      throw new HttpException(
          400, "Only Penstock's own kernels know exec, eval and streams; others run cells");
    }
    Request request =
        client.request(Channel.SHELL, order.verb().msgType(), order.verb().content(order));
    String id = request.header().msgId();
    Pace pace =
        new Pace(
            order.pace(),
            read ->
                kernel.submit(
                    client.request(
                        Channel.CONTROL, "penstock_stream_read", read.put("stream", id))));
    Run run = new Run(id, order.remembered(), kernel.log().next(), pace);
    Runs.Started started = runs.add(run, key);
    if (started.isNew()) {
      if (!isOurs()) {
        TimeLimit.end(run, () -> interrupt(run));
      }
      kernel.tapped().tap(run.id(), (seq, entry) -> hear(run, seq, entry));
      kernel.submit(request);
      Double limit = order.timeout();
      if (order.verb() == Verb.CELL && limit != null) {
        TimeLimit.watch(run, limit, () -> interrupt(run));
      }
    }
    return started;
  }

  /**
   * A short question.
   *
   * @param id msg_id of its request
   * @param reply completed with the reply, exceptionally when the kernel ended
   */
  record Asked(String id, CompletableFuture<OutputEntry> reply) {}

  /** Sends a short question. */
  Asked ask(Channel channel, String msgType, ObjectNode content) {
    return ask(client.request(channel, msgType, content));
  }

  private Asked ask(Request request) {
    CompletableFuture<OutputEntry> reply = new CompletableFuture<>();
    String id = request.header().msgId();
    asked.put(id, reply);
    kernel
        .tapped()
        .tap(
            id,
            (_, entry) -> {
              if (entry.channel() == Channel.SHELL || entry.channel() == Channel.CONTROL) {
                end(id);
                // Who waits may do more than this thread has time for.
                reply.completeAsync(() -> entry);
              }
            });
    kernel.submit(request);
    return new Asked(id, reply);
  }

  /** Nobody waits for this any more: if it has not begun, it is not done. */
  void forget(Asked question) {
    end(question.id());
    if (isOurs() && !question.reply().isDone()) {
      kernel.submit(cancellation(question.id(), false));
    }
  }

  private void end(String id) {
    asked.remove(id);
    kernel.tapped().untap(id);
  }

  private Request cancellation(String id, boolean interrupt) {
    ObjectNode content = Json.object().put("request", id).put("interrupt", interrupt);
    return client.request(Channel.CONTROL, "penstock_cancel_request", content);
  }

  /** Answers a run's question for input. */
  void answer(Question question, String value) {
    kernel.submit(client.inputReply(question.header(), value));
  }

  /**
   * Ends a run: one that waits never runs, one that runs is interrupted.
   *
   * @return completed when the worker knows: what had not begun by then never does. Other kernels
   *     have it already: there it is interrupted as soon as it runs
   */
  CompletableFuture<?> cancel(Run run) {
    if (run.askCancel() && isOurs()) {
      return ask(cancellation(run.id(), true)).reply();
    }
    return CompletableFuture.completedFuture(null);
  }

  /** Interrupts it, and with a kernel of ours nothing else, whatever runs by now. */
  private void interrupt(Run run) {
    if (isOurs()) {
      kernel.submit(cancellation(run.id(), true));
    } else {
      CompletableFuture<Void> _ = kernel.interrupt();
    }
  }

  private void hear(Run run, long seq, OutputEntry entry) {
    run.said(seq, entry);
    if (run.over().isDone()) {
      kernel.tapped().untap(run.id());
      runs.ended(run);
    }
  }

  /** The kernel is gone. */
  void gone() {
    runs.lost(kernel.log().next());
    asked
        .values()
        .forEach(reply ->
            reply.completeExceptionally(new IllegalStateException("the kernel has ended")));
  }

  /** A run of this kernel. */
  Run find(String id) throws HttpException {
    Run run = runs.find(id);
    if (run == null) {
      throw new HttpException(
          404, "No such execution: %s; the latest %d are remembered".formatted(id, Runs.MOST));
    }
    return run;
  }
}
