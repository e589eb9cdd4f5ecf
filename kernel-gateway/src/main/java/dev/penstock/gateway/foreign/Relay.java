package dev.penstock.gateway.foreign;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Request;
import dev.penstock.gateway.session.SessionState;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.HeaderFactory;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import dev.penstock.protocol.wire.WireCodec;
import dev.penstock.protocol.zmq.ClientSockets;
import dev.penstock.protocol.zmq.Received;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Passes messages between a kernel's sockets and its log. Requests go out and messages come in as
 * the bytes that client and kernel made; only signatures are new. Belongs to the kernel's owner
 * thread, but for {@link #activity}'s state.
 */
final class Relay {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final String DEAD = "DeadKernelError";

  private final ClientSockets sockets;
  private final WireCodec codec;
  private final OutputLog log;
  private final HeaderFactory headers = new HeaderFactory(UUID.randomUUID().toString(), "penstock");
  private final Transcript transcript;
  private final OpenRequests open = new OpenRequests();
  private final Activity activity = new Activity();
  private final Readiness readiness;
  private boolean askedByClient;

  Relay(ClientSockets sockets, WireCodec codec, OutputLog log) {
    this.sockets = sockets;
    this.codec = codec;
    this.log = log;
    this.transcript = new Transcript(log, headers);
    this.readiness = new Readiness(sockets.stdinGreeted());
  }

  Activity activity() {
    return activity;
  }

  Readiness readiness() {
    return readiness;
  }

  /** Whether a client has told the kernel to shut down. */
  boolean isAskedByClient() {
    return askedByClient;
  }

  /** Sends a client's request. */
  void submit(Request request) {
    if (!sockets.send(
        request.channel(), codec.encode(request.message().withIdentities(List.of())))) {
      LOG.atWarn().addKeyValue("channel", request.channel()).log("kernel takes no more requests");
      refuse(request, "KernelBusyError", "the kernel takes no more requests; try again later");
      return;
    }
    askedByClient |= request.header().msgType().equals("shutdown_request");
    open.add(request);
  }

  /** Asks whether the kernel is there. */
  void nudge() {
    if (readiness.isDue()) {
      ask(Channel.SHELL, "kernel_info_request", Json.object());
    }
  }

  /** Asks the kernel to interrupt what runs (interrupt_mode "message"). */
  void interrupt() {
    ask(Channel.CONTROL, "interrupt_request", Json.object());
  }

  /** Asks the kernel to end. */
  void shutdown() {
    ask(Channel.CONTROL, "shutdown_request", Json.object().put("restart", false));
  }

  private void ask(Channel channel, String msgType, ObjectNode content) {
    Message message = Message.of(headers.next(msgType), Json.emptyObject(), Json.bytes(content));
    boolean _ = sockets.send(channel, codec.encode(message));
  }

  /** Takes what came from the kernel. */
  void take(Received received) {
    if (received.channel() == Channel.HEARTBEAT) {
      return;
    }
    try {
      Message message = codec.decode(received.frames());
      Header header = Header.parse(message.header());
      Header parent = Header.parse(message.parentHeader());
      switch (received.channel()) {
        case IOPUB -> published(header, parent, message);
        case SHELL, CONTROL -> answered(received.channel(), header, parent, message);
        case STDIN -> asked(header, parent, message);
        case HEARTBEAT -> throw new IllegalStateException("handled above");
      }
      log.trim(Long.MAX_VALUE);
    } catch (WireException e) {
      // Not from our kernel, or damaged: dropped as the protocol asks.
      LOG.atWarn()
          .addKeyValue("channel", received.channel())
          .addKeyValue("reason", e.getMessage())
          .log("message dropped");
    }
  }

  /** Text of the process itself, which belongs to the cell that runs; false if none does. */
  boolean text(String stream, String text) {
    byte[] cell = activity.cell();
    if (cell == null) {
      return false;
    }
    transcript.stream(cell, stream, text);
    return true;
  }

  private void published(Header header, Header parent, Message message) {
    readiness.heard();
    String type = header.msgType();
    // A greeting (JEP 65) is for the one who subscribed, and what we asked is nobody else's
    // business.
    if (!type.equals("iopub_welcome") && !isOurs(parent)) {
      if (type.equals("status")) {
        activity.status(parent, message);
      }
      transcript.published(type, message);
    }
    becomeReady();
  }

  private void answered(Channel channel, Header header, Header parent, Message message) {
    if (channel == Channel.SHELL) {
      readiness.replied();
      becomeReady();
    }
    Request request = isOurs(parent) ? null : open.answered(parent.msgId());
    if (request != null) {
      transcript.answered(channel, header.msgType(), request.client(), message);
    }
  }

  private void becomeReady() {
    if (readiness.isReady()) {
      activity.ready();
      readiness.tell();
    }
  }

  private void asked(Header header, Header parent, Message message) {
    Request request = open.find(parent.msgId());
    if (request == null) {
      LOG.atWarn().log("a question of the kernel belongs to no request");
    } else {
      transcript.answered(Channel.STDIN, header.msgType(), request.client(), message);
    }
  }

  private boolean isOurs(Header parent) {
    return parent.session().equals(headers.session());
  }

  /** The kernel is gone: tells those who wait for it, and why where they did not want it. */
  void farewell(Ending ending, boolean unasked) {
    if (unasked) {
      byte[] cell = activity.cell();
      transcript.stream(
          cell == null ? Json.emptyObject() : cell,
          "stderr",
          "\nPenstock: " + ending.cause() + "\n");
    }
    open.drain().forEach(request -> refuse(request, DEAD, ending.cause()));
    activity.fix(SessionState.DEAD);
    readiness.never();
    log.trim(Long.MAX_VALUE);
  }

  /** Answers a request that came too late; for any thread. */
  void late(Request request) {
    refuse(request, DEAD, "the kernel has ended");
  }

  private void refuse(Request request, String ename, String evalue) {
    if (OpenRequests.isRequest(request)) {
      transcript.refused(request, ename, evalue);
    }
  }
}
