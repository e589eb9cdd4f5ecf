package dev.penstock.gateway.session;

import dev.penstock.gateway.link.Frame;
import dev.penstock.protocol.message.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shell, the main one or a subshell (JEP 91): what waits and what runs. One request runs at a
 * time; busy and idle surround each (IOP-03, IOP-04); an error aborts this shell's execute requests
 * alone (SH-51). Belongs to the session's owner thread.
 */
final class Shell {
  private static final Logger LOG = LoggerFactory.getLogger(Shell.class);

  private final Desk desk;
  private final Inbound inbound;
  private final Consumer<Request> began;
  private final RequestQueue queue = new RequestQueue();
  private final InFlight inFlight;
  private final InputExchange input;
  private final RunningStream stream;

  /**
   * A shell without requests.
   *
   * @param inbound where the door hands over what is still in its sockets
   * @param began told of each request whose turn has come
   */
  Shell(Desk desk, Inbound inbound, Consumer<Request> began, InFlight inFlight) {
    this.desk = desk;
    this.inbound = inbound;
    this.began = began;
    this.inFlight = inFlight;
    this.input = new InputExchange(desk.outlet(), inFlight);
    this.stream = new RunningStream(desk);
  }

  /** What runs now, null when nothing does. */
  @Nullable Request running() {
    return inFlight.running();
  }

  /** The stream that goes on between its requests, null when none does. */
  @Nullable Request streaming() {
    return stream.request();
  }

  InputExchange input() {
    return input;
  }

  /** Size of the requests that the worker has, in bytes. */
  long bytes() {
    return inFlight.bytes();
  }

  void add(Request request) {
    if (request.channel() == Channel.CONTROL) {
      queue.addControl(request);
    } else {
      queue.addShell(request);
    }
  }

  /** Removes and returns what waits. */
  List<Request> clear() {
    return queue.clear();
  }

  /**
   * Hands the next requests to the worker, or answers them here. What the gateway answers itself
   * waits for its turn.
   */
  void dispatch() {
    for (Request next = queue.peek(); next != null; next = queue.peek()) {
      if (desk.lifecycle().stopping() || !ready(next)) {
        return;
      }
      boolean idle = inFlight.running() == null;
      if (!idle && !(isForWorker(next) && inFlight.takes(next))) {
        return;
      }
      queue.removeFirst();
      if (isForWorker(next)) {
        inFlight.send(next);
        if (idle) {
          begin();
        }
      } else {
        answerHere(next);
      }
    }
  }

  private boolean isForWorker(Request request) {
    return !request.type().equals("shutdown_request")
        && !GatewayReplies.own(request.type())
        && !queue.isAborted(request);
  }

  private boolean ready(Request request) {
    return desk.worker().connected() || desk.replies().canAnswer(request.type());
  }

  private void answerHere(Request request) {
    began.accept(request);
    if (request.type().equals("shutdown_request")) {
      desk.lifecycle().stopFor(request);
      return;
    }
    desk.busy(request);
    if (queue.takeAborted(request)) {
      desk.replies().aborted(request);
    } else {
      desk.replies().answer(request);
    }
    desk.idle(request);
  }

  /** The first request in flight begins to run. */
  private void begin() {
    Request request = inFlight.running();
    if (request != null) {
      began.accept(request);
      desk.busy(request);
    }
  }

  /** The worker has done the running request. */
  void reply(Frame frame) {
    if (stream.isEndedBy(frame)) {
      return;
    }
    Request request = inFlight.answeredBy(frame);
    if (request == null) {
      LOG.atWarn()
          .addKeyValue("number", frame.number())
          .log("worker answered a request that does not run");
      return;
    }
    input.forget();
    if (frame.abortsQueued()) {
      // What clients sent before they could see the error, but is still in the sockets, counts as
      // queued, too.
      desk.door().serve(Duration.ZERO, inbound);
      queue.abortExecutes();
    }
    List<byte[]> p = frame.parts();
    String msgType = new String(p.getFirst(), StandardCharsets.US_ASCII);
    if (!msgType.isEmpty()) {
      desk.outlet().reply(request, msgType, p.get(1), p.get(2), p.subList(3, p.size()));
    }
    if (frame.goesOn()) {
      stream.began(request, frame.number());
    } else {
      desk.idle(request);
    }
    begin();
    if (frame.asksExit()) {
      desk.lifecycle().stop(false, false, "exited as the user asked");
    }
  }

  /**
   * The worker is gone. Requests of clients that wait for a reply get an error. Of the others the
   * running one gets no reply (design, decision 7); the cells that its client sent behind it are
   * aborted as after an error, if the worker died. Other clients' cells are not: some take that for
   * success, and shall notice that their kernel is dead.
   *
   * @param cause one line for people
   * @param died it was not asked to end
   */
  void over(String cause, boolean died) {
    stream.over(cause, died);
    Request running = inFlight.running();
    if (running != null) {
      desk.cutOff(running, cause);
    }
    List<Request> behind = new ArrayList<>(inFlight.ahead());
    behind.addAll(queue.clear());
    for (Request request : behind) {
      desk.refuse(request, cause);
      if (died && running != null && isAbortedWith(running, request)) {
        desk.busy(request);
        desk.replies().aborted(request);
        desk.idle(request);
      }
    }
  }

  private static boolean isAbortedWith(Request running, Request request) {
    return !request.client().recipient().answeredAtEnd()
        && request.type().equals("execute_request")
        && request.client().same(running.client());
  }
}
