package dev.penstock.gateway.session;

import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.FrameType;
import dev.penstock.protocol.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that go to the worker over the control lane, past whatever it runs, one at a time and in
 * order (CTL-01): those for its debugger (CTL-08), or those for the inbox of a stream. Other
 * control requests do not wait for them. Belongs to the session's owner thread.
 */
final class AsideRequests {
  private static final Logger LOG = LoggerFactory.getLogger(AsideRequests.class);

  private final Desk desk;
  private final int flags;
  private final Deque<Request> waiting = new ArrayDeque<>();
  private @Nullable Request running;
  private long number;

  /**
   * None yet.
   *
   * @param flags what tells the worker whom these are for, beside {@link Frame#CONTROL_CHANNEL}
   */
  AsideRequests(Desk desk, int flags) {
    this.desk = desk;
    this.flags = Frame.CONTROL_CHANNEL | flags;
  }

  /** Whether requests of this type are for the worker's debugger. */
  static boolean forDebugger(String msgType) {
    return msgType.equals("debug_request");
  }

  /** Whether requests of this type are for a stream, or about others (docs/verbs.md). */
  static boolean forInbox(String msgType) {
    return msgType.equals("penstock_stream_stop_request")
        || msgType.equals("penstock_stream_exec_request")
        || msgType.equals("penstock_stream_read")
        || msgType.equals("penstock_cancel_request");
  }

  /** Whether nothing is said of it to anybody: it comes again and again. */
  private static boolean isQuiet(Request request) {
    return request.type().equals("penstock_stream_read");
  }

  void add(Request request) {
    waiting.addLast(request);
  }

  /** Hands over the next one when its turn has come. */
  void dispatch() {
    if (running != null || waiting.isEmpty() || !desk.worker().controllable()) {
      return;
    }
    Request request = waiting.removeFirst();
    running = request;
    if (!isQuiet(request)) {
      desk.busy(request);
    }
    Message message = request.message();
    List<byte[]> parts =
        List.of(message.header(), message.parentHeader(), message.metadata(), message.content());
    // All earlier ones were read: this one fits the socket, or is written by a thread of its own.
    desk.worker().sendControl(new Frame(FrameType.REQUEST, flags, ++number, number - 1, parts));
  }

  /** The worker is gone: nothing will answer. */
  void over(String cause) {
    Request cut = running;
    running = null;
    if (cut != null && !isQuiet(cut)) {
      desk.cutOff(cut, cause);
    }
    waiting.removeIf(AsideRequests::isQuiet);
    waiting.forEach(request -> desk.refuse(request, cause));
    waiting.clear();
  }

  /** The worker's answer. */
  void reply(Frame frame) {
    Request request = running;
    if (request == null || frame.number() != number) {
      LOG.atWarn()
          .addKeyValue("number", frame.number())
          .log("worker answered a control request that does not run");
      return;
    }
    running = null;
    if (!isQuiet(request)) {
      List<byte[]> p = frame.parts();
      String msgType = new String(p.getFirst(), StandardCharsets.US_ASCII);
      desk.outlet().reply(request, msgType, p.get(1), p.get(2), List.of());
      desk.idle(request);
    }
    dispatch();
  }
}
