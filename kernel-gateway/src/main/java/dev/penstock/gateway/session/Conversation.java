package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.link.Frame;
import dev.penstock.protocol.message.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests and their answers: what waits and what runs. One request runs at a time; busy and idle
 * surround each (IOP-03, IOP-04). Belongs to the session's owner thread.
 */
final class Conversation implements Inbound {
  private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

  /** Shell types that a worker also takes on control (CTL-02). */
  private static final Set<String> WORKER_TYPES =
      Set.of(
          "execute_request",
          "complete_request",
          "inspect_request",
          "history_request",
          "is_complete_request",
          "comm_info_request");

  private final Outlet outlet;
  private final WorkerControl worker;
  private final Door door;
  private final GatewayReplies replies;
  private final Lifecycle lifecycle;
  private final RequestQueue queue = new RequestQueue();
  private final InFlight inFlight;
  private final InputExchange input;
  private final DebugRequests debug;
  private byte[] lastParent = Json.emptyObject();

  Conversation(
      Outlet outlet, WorkerControl worker, Door door, GatewayReplies replies, Lifecycle lifecycle) {
    this.outlet = outlet;
    this.worker = worker;
    this.door = door;
    this.replies = replies;
    this.lifecycle = lifecycle;
    this.inFlight = new InFlight(worker);
    this.input = new InputExchange(outlet, worker, inFlight);
    this.debug = new DebugRequests(outlet, worker);
  }

  SessionState state() {
    if (!worker.connected()) {
      return SessionState.STARTING;
    }
    return inFlight.running() == null ? SessionState.IDLE : SessionState.BUSY;
  }

  /**
   * Header of the request that runs, else of the last one that did: the parent of what no Python
   * stream wrote.
   */
  byte[] currentParent() {
    return lastParent;
  }

  /** The worker said HELLO. */
  void workerReady(ObjectNode hello) {
    replies.learn(hello);
  }

  /**
   * Sends SIGINT if something runs; an idle worker is left alone, so that no later cell is hit
   * (CTL-06).
   */
  void interrupt() {
    if (inFlight.running() != null) {
      worker.signal(WorkerControl.SIGINT);
    }
  }

  @Override
  public void request(Request request) {
    if (lifecycle.stopping() && !request.type().equals("shutdown_request")) {
      LOG.atDebug()
          .addKeyValue("type", request.type())
          .log("request during shutdown left unanswered");
      return;
    }
    if (request.channel() == Channel.CONTROL) {
      control(request);
    } else {
      queue.addShell(request);
    }
  }

  /** Control is answered at once where the gateway can (CTL-01, CTL-03). */
  private void control(Request request) {
    switch (request.type()) {
      case "interrupt_request" -> {
        busy(request);
        interrupt();
        replies.interruptReply(request);
        idle(request);
      }
      case "shutdown_request" -> shutdown(request);
      case DebugRequests.TYPE -> debug.add(request);
      case String type when replies.canAnswer(type) -> {
        busy(request);
        replies.answer(request);
        idle(request);
      }
      case String type when WORKER_TYPES.contains(type) || GatewayReplies.own(type) ->
          queue.addControl(request);
      case String type -> {
        LOG.atInfo().addKeyValue("type", type).log("unknown control request");
        busy(request);
        idle(request);
      }
    }
  }

  private void shutdown(Request request) {
    busy(request);
    boolean restart = false;
    try {
      restart = Json.flag(Json.readObject(request.message().content()), "restart");
    } catch (JsonLineException e) {
      // A shutdown is a shutdown, whatever the content; restart is only repeated in the reply.
      LOG.atInfo().setCause(e).log("shutdown_request with unreadable content");
    }
    lifecycle.stopFor(request, restart);
  }

  /**
   * Hands the next requests to the worker, or answers them here. What the gateway answers itself
   * waits for its turn.
   */
  void dispatch() {
    debug.dispatch();
    for (Request next = queue.peek(); next != null; next = queue.peek()) {
      if (lifecycle.stopping() || !ready(next)) {
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
          begun();
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
    return worker.connected() || replies.canAnswer(request.type());
  }

  private void answerHere(Request request) {
    lastParent = request.message().header();
    if (request.type().equals("shutdown_request")) {
      shutdown(request);
      return;
    }
    busy(request);
    if (queue.takeAborted(request)) {
      replies.aborted(request);
    } else {
      replies.answer(request);
    }
    idle(request);
  }

  /** The first request in flight begins to run. */
  private void begun() {
    Request request = inFlight.running();
    if (request != null) {
      lastParent = request.message().header();
      busy(request);
    }
  }

  /** Takes what the worker said. */
  void frame(Frame frame) {
    switch (frame.type()) {
      case PUBLISH -> outlet.publish(frame);
      case REPLY -> reply(frame);
      case INPUT_REQUEST -> input.ask(frame);
      case HELLO, WELCOME, REQUEST, INPUT_REPLY, SHUTDOWN ->
          LOG.atWarn()
              .addKeyValue("type", frame.type())
              .log("worker sent a frame of the wrong direction");
    }
  }

  /** Takes what the worker said on its control lane. */
  void controlFrame(Frame frame) {
    switch (frame.type()) {
      case PUBLISH -> outlet.publish(frame);
      case REPLY -> debug.reply(frame);
      case HELLO, WELCOME, REQUEST, INPUT_REQUEST, INPUT_REPLY, SHUTDOWN ->
          LOG.atWarn()
              .addKeyValue("type", frame.type())
              .log("worker sent a frame of the wrong direction on its control lane");
    }
  }

  private void reply(Frame frame) {
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
      door.serve(Duration.ZERO, this);
      queue.abortExecutes();
    }
    List<byte[]> p = frame.parts();
    String msgType = new String(p.getFirst(), StandardCharsets.US_ASCII);
    if (!msgType.isEmpty()) {
      outlet.reply(request, msgType, p.get(1), p.get(2), p.subList(3, p.size()));
    }
    idle(request);
    begun();
    if (frame.asksExit()) {
      lifecycle.stop(false, false, "exited as the user asked");
    }
  }

  @Override
  public void input(Request reply) {
    input.answer(reply);
  }

  private void busy(Request request) {
    outlet.status(request.message().header(), "busy");
  }

  private void idle(Request request) {
    outlet.status(request.message().header(), "idle");
  }
}
