package dev.penstock.gateway.verbs;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.session.Client;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Recipient;
import dev.penstock.gateway.session.Request;
import dev.penstock.gateway.session.TappedLog;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.HeaderFactory;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client of one of our own kernels: executes, evaluates, starts streams. Thread-safe; each call
 * waits in its own thread. Kernels of other kinds do not know these requests.
 */
public final class Verbs implements Recipient {
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** The worker's control thread answers at once, whatever runs. */
  private static final Duration PROMPT = Duration.ofSeconds(10);

  private final Predicate<Request> submit;
  private final TappedLog log;
  private final BooleanSupplier ended;
  private final HeaderFactory headers = new HeaderFactory(UUID.randomUUID().toString(), "penstock");
  private final Client address =
      new Client(this, List.of(headers.session().getBytes(StandardCharsets.US_ASCII)));

  /**
   * A client.
   *
   * @param submit takes requests; false when the kernel has ended
   * @param log all that it says
   * @param ended whether it will say no more
   */
  public Verbs(Predicate<Request> submit, TappedLog log, BooleanSupplier ended) {
    this.submit = submit;
    this.log = log;
    this.ended = ended;
  }

  /** A client of this kernel, over all its lives. */
  public static Verbs of(Kernel kernel) {
    Predicate<Request> submit =
        request -> {
          kernel.submit(request);
          return true; // a dead kernel answers with an error
        };
    return new Verbs(submit, kernel.tapped(), kernel.gone()::isDone);
  }

  /**
   * Executes code in the user's namespace.
   *
   * @param limit how long it may run before it is ended with a TimeoutError; null for any time
   * @param patience how long to wait for the code's turn, and then as long for the answer
   * @throws TimeoutException if there was no answer by then; the code may still run
   */
  public VerbResult execute(String code, @Nullable Duration limit, Duration patience)
      throws InterruptedException, TimeoutException {
    return execute(code, limit, patience, () -> {});
  }

  /**
   * The same.
   *
   * @param turn hears of it
   */
  public VerbResult execute(String code, @Nullable Duration limit, Duration patience, Turn turn)
      throws InterruptedException, TimeoutException {
    ObjectNode content = limited(Json.object().put("code", code), "timeout_s", limit);
    return ask(Channel.SHELL, "penstock_exec_request", content, patience, turn);
  }

  /** Evaluates an expression to JSON; the rest is as of {@link #execute}. */
  public VerbResult evaluate(String expression, @Nullable Duration limit, Duration patience)
      throws InterruptedException, TimeoutException {
    return evaluate(expression, limit, patience, () -> {});
  }

  /** Evaluates; {@code turn} is as of {@link #execute}. */
  public VerbResult evaluate(
      String expression, @Nullable Duration limit, Duration patience, Turn turn)
      throws InterruptedException, TimeoutException {
    ObjectNode content = limited(Json.object().put("expr", expression), "timeout_s", limit);
    return ask(Channel.SHELL, "penstock_eval_request", content, patience, turn);
  }

  /**
   * Starts a stream: the expression is evaluated again and again. Returns at once; a stream that
   * runs is stopped first. It goes on whether or not somebody reads it.
   *
   * @param stepLimit how long one step may take; null for any time
   */
  public StreamHandle stream(String expression, @Nullable Duration stepLimit) {
    return stream(expression, stepLimit, 0);
  }

  /**
   * The same, but the stream waits for its reader.
   *
   * @param pace how many values may be unread before it waits, and 1 MiB of them at most; 0 for any
   */
  public StreamHandle stream(String expression, @Nullable Duration stepLimit, int pace) {
    ObjectNode content =
        limited(Json.object().put("expr", expression), "step_timeout_s", stepLimit);
    if (pace > 0) {
      content.put("pace", pace);
    }
    long from = log.next();
    Request request = request(Channel.SHELL, "penstock_stream_request", content);
    String id = request.header().msgId();
    Told told = new Told(() -> log.untap(id));
    log.tap(id, told);
    boolean taken = submit.test(request);
    return new StreamHandle(this, log, id, from, told, taken ? ended : () -> true, pace);
  }

  /** Says something to a stream past whatever runs; the error is null if that was heard. */
  @Nullable VerbError tell(String msgType, ObjectNode content) throws InterruptedException {
    try {
      return ask(Channel.CONTROL, msgType, content, PROMPT, () -> {}).error();
    } catch (TimeoutException e) {
      return VerbError.named("TimeoutError", "the worker does not answer");
    }
  }

  /** Says something whose answer, if it has one, nobody waits for. */
  void say(String msgType, ObjectNode content) {
    boolean _ = submit.test(request(Channel.CONTROL, msgType, content)); // none hears it at the end
  }

  /** Whether this is the header of a request of this client. */
  public boolean asked(Header request) {
    return headers.session().equals(request.session());
  }

  private VerbResult ask(
      Channel channel, String msgType, ObjectNode content, Duration patience, Turn turn)
      throws InterruptedException, TimeoutException {
    Request request = request(channel, msgType, content);
    // What a stream says after its answer to a stop is not the stop's.
    AtomicLong deadline = new AtomicLong(System.nanoTime() + patience.toNanos());
    Runnable begun =
        () -> {
          deadline.set(System.nanoTime() + patience.toNanos());
          turn.begun();
        };
    Gathering gathering = new Gathering(channel == Channel.SHELL, begun);
    String id = request.header().msgId();
    log.tap(id, gathering);
    try {
      turn.asked(() -> cancel(id));
      boolean last = !submit.test(request);
      while (!gathering.await(last ? Duration.ZERO : shorter(LOOK, left(deadline.get())))) {
        if (last) {
          return gathering.cutOff();
        }
        if (!left(deadline.get()).isPositive()) {
          throw new TimeoutException("no answer to the " + msgType + " in time");
        }
        last = ended.getAsBoolean();
      }
      return gathering.result();
    } finally {
      log.untap(id);
    }
  }

  private void cancel(String id) throws InterruptedException {
    ObjectNode content = Json.object().put("request", id).put("interrupt", true);
    // An error is none of the caller's: a worker that has ended runs nothing more.
    VerbError _ = tell("penstock_cancel_request", content);
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(deadline - System.nanoTime());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static ObjectNode limited(ObjectNode content, String field, @Nullable Duration limit) {
    return limit == null ? content : content.put(field, limit.toNanos() / 1e9);
  }

  private Request request(Channel channel, String msgType, ObjectNode content) {
    byte[] header = headers.next(msgType);
    Message message = Message.of(header, Json.emptyObject(), Json.bytes(content));
    try {
      return new Request(address, channel, Header.parse(header), message);
    } catch (WireException e) {
      throw new IllegalStateException("a header of our own making", e);
    }
  }

  /** Replies are told by the log. */
  @Override
  public void deliverNow(OutputLog ignored, OutputEntry entry) {}
}
