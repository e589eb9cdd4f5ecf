package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.FrameType;
import dev.penstock.protocol.message.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings requests to the shell they are for, answers control, and brings the worker's words to the
 * shell they come from. Belongs to the session's owner thread.
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
          "comm_info_request",
          "comm_open",
          "comm_msg",
          "comm_close");

  private final Desk desk;
  private final Shell main;
  private final Subshells subshells;
  private final AsideRequests debug;
  private final AsideRequests inbox;
  private byte[] lastParent = Json.emptyObject();

  /** Why the session is over; null while it is not. */
  private @Nullable String overBecause;

  /** Header of the last control request that was answered here; null when the worker knows it. */
  private byte @Nullable [] controlSeen;

  Conversation(
      Outlet outlet,
      Executions executions,
      WorkerControl worker,
      Door door,
      GatewayReplies replies,
      Lifecycle lifecycle) {
    desk = new Desk(outlet, executions, worker, door, replies, lifecycle);
    InFlight inFlight = new InFlight(0, InFlight.AHEAD, this::toMainShell);
    main = new Shell(desk, this, this::began, inFlight);
    subshells = new Subshells(desk, this, this::beganAside);
    debug = new AsideRequests(desk, 0);
    inbox = new AsideRequests(desk, Frame.FOR_INBOX);
  }

  /** Tells the worker of control first: a cell may ask for the last control request. */
  private void toMainShell(Frame frame) {
    byte[] header = controlSeen;
    if (header != null) {
      controlSeen = null;
      desk.worker().send(new Frame(FrameType.CONTROL_SEEN, 0, 0, List.of(header)));
    }
    desk.worker().send(frame);
  }

  SessionState state() {
    if (!desk.worker().connected()) {
      return SessionState.STARTING;
    }
    return running() ? SessionState.BUSY : SessionState.IDLE;
  }

  /**
   * Header of the request that runs, or of the stream, else of the last request that did: the
   * parent of what no Python stream wrote.
   */
  byte[] currentParent() {
    Request stream = main.running() == null ? main.streaming() : null;
    return stream == null ? lastParent : stream.message().header();
  }

  private void began(Request request) {
    lastParent = request.message().header();
  }

  /** What C code and child processes write belongs to the main shell's request while one runs. */
  private void beganAside(Request request) {
    if (main.running() == null) {
      began(request);
    }
  }

  private boolean running() {
    return main.running() != null || main.streaming() != null || subshells.busy();
  }

  /** The worker said HELLO. */
  void workerReady(ObjectNode hello) {
    desk.replies().learn(hello);
  }

  /**
   * Sends SIGINT if something runs; an idle worker is left alone, so that no later cell is hit
   * (CTL-06). In Python the signal reaches the main shell's request only; children of a subshell's
   * get it, too, as with ipykernel.
   */
  void interrupt() {
    if (running()) {
      desk.worker().signal(WorkerControl.SIGINT);
    }
  }

  /**
   * The session is over: nothing that waits will run, nor what still comes.
   *
   * @param cause one line for people
   * @param died it was not asked to end
   */
  void over(String cause, boolean died) {
    if (died) {
      // What clients sent before they could know, but is still in the sockets, was queued, too.
      desk.door().serve(Duration.ZERO, this);
    }
    overBecause = cause;
    main.over(cause, died);
    subshells.over(cause, died);
    debug.over(cause);
    inbox.over(cause);
  }

  @Override
  public void request(Request request) {
    if (overBecause != null) {
      desk.refuse(request, overBecause);
      return;
    }
    if (desk.lifecycle().stopping() && !request.type().equals("shutdown_request")) {
      LOG.atDebug().addKeyValue("type", request.type()).log("request during shutdown");
      desk.refuse(request, "the kernel is shutting down");
      return;
    }
    desk.executions().requested(request);
    // Those for a stream pass the main shell on either channel.
    if (request.channel() == Channel.CONTROL || AsideRequests.forInbox(request.type())) {
      control(request);
    } else {
      String subshell = request.header().subshellId();
      if (subshell == null) {
        main.add(request);
      } else {
        subshells.request(subshell, request);
      }
    }
  }

  /** Control is answered at once where the gateway can (CTL-01, CTL-03). */
  private void control(Request request) {
    controlSeen = request.message().header();
    switch (request.type()) {
      case "interrupt_request" -> {
        desk.busy(request);
        interrupt();
        desk.replies().interruptReply(request);
        desk.idle(request);
      }
      case "shutdown_request" -> desk.lifecycle().stopFor(request);
      case String type when AsideRequests.forDebugger(type) -> debug.add(request);
      case String type when AsideRequests.forInbox(type) -> inbox.add(request);
      case "usage_request" -> {
        desk.busy(request);
        desk.replies().usageReply(request, desk.worker().pid());
        desk.idle(request);
      }
      case String type when Subshells.own(type) -> subshells.control(request);
      case String type when desk.replies().canAnswer(type) -> {
        desk.busy(request);
        desk.replies().answer(request);
        desk.idle(request);
      }
      case String type when WORKER_TYPES.contains(type) || GatewayReplies.own(type) ->
          main.add(request);
      case String type -> {
        LOG.atInfo().addKeyValue("type", type).log("unknown control request");
        desk.busy(request);
        desk.idle(request);
      }
    }
  }

  /** Hands the next requests of each shell to the worker, or answers them here. */
  void dispatch() {
    debug.dispatch();
    inbox.dispatch();
    main.dispatch();
    subshells.dispatch();
  }

  /** Takes what the worker said on its data lane. */
  void frame(Frame frame) {
    switch (frame.type()) {
      case PUBLISH -> desk.outlet().publish(frame);
      case REPLY -> {
        if (frame.shell() == 0) {
          main.reply(frame);
        } else {
          subshells.reply(frame);
        }
      }
      case INPUT_REQUEST -> {
        Shell shell = frame.shell() == 0 ? main : subshells.shell(frame);
        if (shell != null) {
          shell.input().ask(frame);
        }
      }
      case HELLO, WELCOME, REQUEST, INPUT_REPLY, SHUTDOWN, SUBSHELL, SUBSHELL_DONE, CONTROL_SEEN ->
          misdirected(frame);
    }
  }

  /** Takes what the worker said on its control lane. */
  void controlFrame(Frame frame) {
    switch (frame.type()) {
      case PUBLISH -> desk.outlet().publish(frame);
      case REPLY -> (frame.isFromInbox() ? inbox : debug).reply(frame);
      case SUBSHELL_DONE -> subshells.done(frame);
      case HELLO, WELCOME, REQUEST, INPUT_REQUEST, INPUT_REPLY, SHUTDOWN, SUBSHELL, CONTROL_SEEN ->
          misdirected(frame);
    }
  }

  private static void misdirected(Frame frame) {
    LOG.atWarn()
        .addKeyValue("type", frame.type())
        .log("worker sent a frame of the wrong direction");
  }

  /** The shell whose question is named gets the answer; else the first that asked this client. */
  @Override
  public void input(Request reply) {
    List<InputExchange> asking = new ArrayList<>();
    asking.add(main.input());
    subshells.all().forEach(subshell -> asking.add(subshell.shell().input()));
    asking.removeIf(exchange -> !exchange.waitsFor(reply));
    if (asking.isEmpty()) {
      LOG.atInfo().log("input_reply that nobody waits for");
      return;
    }
    InputExchange named =
        asking.stream().filter(exchange -> exchange.isNamedBy(reply)).findFirst().orElse(null);
    (named == null ? asking.getFirst() : named).answer(reply);
  }
}
