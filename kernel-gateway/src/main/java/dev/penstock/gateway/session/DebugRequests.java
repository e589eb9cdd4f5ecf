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

  private final Desk desk;
  private final Deque<Request> waiting = new ArrayDeque<>();
  private @Nullable Request running;
  private long number;

  DebugRequests(Desk desk) {
    this.desk = desk;
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
    desk.busy(request);
    Message message = request.message();
    List<byte[]> parts =
        List.of(message.header(), message.parentHeader(), message.metadata(), message.content());
    // All earlier ones were read: this one fits the socket, or is written by a thread of its own.
    desk.worker()
        .sendControl(
            new Frame(FrameType.REQUEST, Frame.CONTROL_CHANNEL, ++number, number - 1, parts));
  }

  /** The worker is gone: nothing will answer. */
  void over(String cause) {
    Request cut = running;
    if (cut != null) {
      running = null;
      desk.cutOff(cut, cause);
    }
    waiting.forEach(request -> desk.refuse(request, cause));
    waiting.clear();
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
    desk.outlet().reply(request, "debug_reply", Json.emptyObject(), p.get(2), List.of());
    desk.idle(request);
    dispatch();
  }
}
