package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.FrameType;
import dev.penstock.protocol.message.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Debug requests (CTL-08): they go to the worker's debugger over the control lane, past whatever
 * the worker runs, one at a time and in order (CTL-01). Other control requests do not wait for
 * them. Belongs to the session's owner thread.
 */
final class DebugRequests {
  static final String TYPE = "debug_request";

  private static final Logger LOG = LoggerFactory.getLogger(DebugRequests.class);

  private final Outlet outlet;
  private final WorkerControl worker;
  private final Deque<Request> waiting = new ArrayDeque<>();
  private @Nullable Request running;
  private long number;

  DebugRequests(Outlet outlet, WorkerControl worker) {
    this.outlet = outlet;
    this.worker = worker;
  }

  void add(Request request) {
    waiting.addLast(request);
  }

  /** Hands over the next one when its turn has come. */
  void dispatch() {
    if (running != null || waiting.isEmpty() || !worker.controllable()) {
      return;
    }
    Request request = waiting.removeFirst();
    running = request;
    outlet.status(request.message().header(), "busy");
    Message message = request.message();
    List<byte[]> parts =
        List.of(message.header(), message.parentHeader(), message.metadata(), message.content());
    // All earlier ones were read: this one fits the socket, or is written by a thread of its own.
    worker.sendControl(
        new Frame(FrameType.REQUEST, Frame.CONTROL_CHANNEL, ++number, number - 1, parts));
  }

  /** The debugger's answer. */
  void reply(Frame frame) {
    Request request = running;
    if (request == null || frame.number() != number) {
      LOG.atWarn()
          .addKeyValue("number", frame.number())
          .log("worker answered a debug request that does not run");
      return;
    }
    running = null;
    List<byte[]> p = frame.parts();
    outlet.reply(request, "debug_reply", Json.emptyObject(), p.get(2), List.of());
    outlet.status(request.message().header(), "idle");
    dispatch();
  }
}
