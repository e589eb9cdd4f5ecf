package dev.penstock.gateway.session;

import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.FrameType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions of the running request to its client, on the stdin channel. Belongs to the session's
 * owner thread.
 */
final class InputExchange {
  private static final Logger LOG = LoggerFactory.getLogger(InputExchange.class);

  private final Outlet outlet;
  private final WorkerControl worker;
  private final InFlight inFlight;

  /** Who was asked and has not answered yet. */
  private @Nullable Client asked;

  InputExchange(Outlet outlet, WorkerControl worker, InFlight inFlight) {
    this.outlet = outlet;
    this.worker = worker;
    this.inFlight = inFlight;
  }

  /** The worker asks: the client whose request runs gets an input_request (IN-01). */
  void ask(Frame question) {
    Request request = inFlight.running();
    if (request == null || question.number() != inFlight.number()) {
      LOG.atWarn().log("worker asked for input outside a request");
      return;
    }
    outlet.inputRequest(request, question.parts().get(1), question.parts().get(2));
    asked = request.client();
  }

  /** The request is over: an answer that still comes is for nobody. */
  void forget() {
    asked = null;
  }

  /** An input_reply counts when it comes from the client that was asked (IN-06). */
  void answer(Request reply) {
    Client expected = asked;
    if (expected == null
        || !reply.type().equals("input_reply")
        || !same(reply.client().identities(), expected.identities())) {
      LOG.atInfo().log("input_reply that nobody waits for");
      return;
    }
    asked = null;
    List<byte[]> content = List.of(reply.message().content());
    worker.send(new Frame(FrameType.INPUT_REPLY, 0, inFlight.number(), content));
  }

  private static boolean same(List<byte[]> left, List<byte[]> right) {
    return Arrays.deepEquals(left.toArray(), right.toArray());
  }
}
