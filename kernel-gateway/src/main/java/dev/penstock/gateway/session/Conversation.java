package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.FrameType;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests and their answers: what waits, what runs, who is asked for input. One request runs at a time; busy and idle surround each
 * (IOP-03, IOP-04). Belongs to the session's owner thread.
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
  private @Nullable Request running;

  /** The next request, when the worker has it already: it begins it as soon as it has answered {@link #running}. */
  private @Nullable Request ahead;

  private @Nullable OutputEntry inputRequest;

  /** Number of the request that runs; the one ahead has the next. */
  private long number;

  private byte[] lastParent = Json.emptyObject();

  Conversation(
      Outlet outlet, WorkerControl worker, Door door, GatewayReplies replies, Lifecycle lifecycle) {
    this.outlet = outlet;
    this.worker = worker;
    this.door = door;
    this.replies = replies;
    this.lifecycle = lifecycle;
  }

  SessionState state() {
    if (!worker.connected()) {
      return SessionState.STARTING;
    }
    return running == null ? SessionState.IDLE : SessionState.BUSY;
  }

  /** Header of the request that runs, else of the last one that did: the parent of what no Python stream wrote. */
  byte[] currentParent() {
    return lastParent;
  }

  /** The worker said HELLO. */
  void workerReady(ObjectNode hello) {
    replies.learn(hello);
  }

  /** Sends SIGINT if something runs; an idle worker is left alone, so that no later cell is hit (CTL-06). */
  void interrupt() {
    if (running != null) {
      worker.signal(WorkerControl.SIGINT);
    }
  }

  @Override
  public void request(Request request) {
    if (lifecycle.stopping() && !request.type().equals("shutdown_request")) {
      LOG.atDebug().addKeyValue("type", request.type()).log("request during shutdown left unanswered");
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
   * Hands the next request to the worker, or answers it here. While one runs, the one behind it is sent ahead, so that the worker does
   * not wait for the gateway between two cells.
   */
  void dispatch() {
    while (!lifecycle.stopping()) {
      Request next = queue.peek();
      if (next == null || !ready(next)) {
        return;
      }
      if (running == null) {
        queue.removeFirst();
        begin(next);
      } else if (ahead == null && canGoAhead(next)) {
        queue.removeFirst();
        ahead = next;
        send(next, number + 1, Frame.AHEAD);
      } else {
        return;
      }
    }
  }

  private boolean canGoAhead(Request next) {
    return next.channel() == Channel.SHELL
        && !next.type().equals("shutdown_request")
        && !GatewayReplies.own(next.type())
        && !queue.isAborted(next);
  }

  private boolean ready(Request request) {
    return worker.connected() || replies.canAnswer(request.type());
  }

  private void begin(Request request) {
    lastParent = request.message().header();
    if (request.type().equals("shutdown_request")) {
      shutdown(request);
      return;
    }
    busy(request);
    if (queue.takeAborted(request)) {
      replies.aborted(request);
      idle(request);
    } else if (replies.canAnswer(request.type())) {
      replies.answer(request);
      idle(request);
    } else {
      running = request;
      send(request, ++number, 0);
    }
  }

  private void send(Request request, long requestNumber, int flags) {
    Message message = request.message();
    List<byte[]> parts = new ArrayList<>(4 + message.buffers().size());
    parts.add(message.header());
    parts.add(message.parentHeader());
    parts.add(message.metadata());
    parts.add(message.content());
    parts.addAll(message.buffers());
    int channel = request.channel() == Channel.CONTROL ? Frame.CONTROL_CHANNEL : 0;
    worker.send(new Frame(FrameType.REQUEST, flags | channel, requestNumber, parts));
  }

  /** Takes what the worker said. */
  void frame(Frame frame) {
    switch (frame.type()) {
      case PUBLISH -> outlet.publish(frame);
      case REPLY -> reply(frame);
      case INPUT_REQUEST -> askForInput(frame);
      case HELLO, WELCOME, REQUEST, INPUT_REPLY, SHUTDOWN ->
          LOG.atWarn().addKeyValue("type", frame.type()).log("worker sent a frame of the wrong direction");
    }
  }

  private void reply(Frame frame) {
    Request request = running;
    if (request == null || frame.number() != number) {
      LOG.atWarn().addKeyValue("number", frame.number()).log("worker answered a request that does not run");
      return;
    }
    inputRequest = null;
    if (frame.abortsQueued()) {
      // What clients sent before they could see the error, but is still in the sockets, counts as queued, too.
      door.serve(Duration.ZERO, this);
      queue.abortExecutes();
    }
    List<byte[]> p = frame.parts();
    String msgType = new String(p.getFirst(), StandardCharsets.US_ASCII);
    if (!msgType.isEmpty()) {
      outlet.reply(request, msgType, p.get(1), p.get(2), p.subList(3, p.size()));
    }
    idle(request);
    advance();
    if (frame.asksExit()) {
      lifecycle.stop(false, false, "exited as the user asked");
    }
  }

  /** The request that was sent ahead, if any, runs now. */
  private void advance() {
    running = ahead;
    ahead = null;
    if (running != null) {
      number++;
      lastParent = running.message().header();
      busy(running);
    }
  }

  private void askForInput(Frame frame) {
    Request request = running;
    if (request == null || frame.number() != number) {
      LOG.atWarn().log("worker asked for input outside a request");
      return;
    }
    inputRequest = outlet.inputRequest(request, frame.parts().get(1), frame.parts().get(2));
  }

  /** An input_reply counts when it comes from the client that was asked and, if it names a parent, for this question (IN-06). */
  @Override
  public void input(Request reply) {
    Request request = running;
    OutputEntry asked = inputRequest;
    if (request == null || asked == null || !answers(reply, request)) {
      LOG.atInfo().log("input_reply that nobody waits for");
      return;
    }
    inputRequest = null;
    worker.send(new Frame(FrameType.INPUT_REPLY, 0, number, List.of(reply.message().content())));
  }

  private static boolean answers(Request reply, Request asked) {
    List<byte[]> from = reply.client().identities();
    List<byte[]> expected = asked.client().identities();
    if (!reply.type().equals("input_reply") || from.size() != expected.size()) {
      return false;
    }
    for (int i = 0; i < from.size(); i++) {
      if (!Arrays.equals(from.get(i), expected.get(i))) {
        return false;
      }
    }
    return true;
  }

  private void busy(Request request) {
    outlet.status(request.message().header(), "busy");
  }

  private void idle(Request request) {
    outlet.status(request.message().header(), "idle");
  }
}
