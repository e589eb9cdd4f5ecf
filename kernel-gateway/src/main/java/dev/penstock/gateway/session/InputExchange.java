package dev.penstock.gateway.session;

import dev.penstock.gateway.link.Frame;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.WireException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions of a shell's running request to its client, on the stdin channel. Belongs to the
 * session's owner thread.
 */
final class InputExchange {
  private static final Logger LOG = LoggerFactory.getLogger(InputExchange.class);

  private final Outlet outlet;
  private final InFlight inFlight;

  /** Whose request asks and was not answered yet. */
  private @Nullable Request asking;

  /** The msg_id of the question. */
  private String question = "";

  InputExchange(Outlet outlet, InFlight inFlight) {
    this.outlet = outlet;
    this.inFlight = inFlight;
  }

  /** The worker asks: the client whose request runs gets an input_request (IN-01, IN-08). */
  void ask(Frame frame) {
    Request request = inFlight.running();
    if (request == null || frame.number() != inFlight.number()) {
      LOG.atWarn().log("worker asked for input outside a request");
      return;
    }
    OutputEntry asked = outlet.inputRequest(request, frame.parts().get(1), frame.parts().get(2));
    question = msgId(asked.header());
    asking = request;
  }

  /** The request is over: an answer that still comes is for nobody. */
  void forget() {
    asking = null;
  }

  /** Whether this input_reply comes from the client that was asked (IN-06). */
  boolean waitsFor(Request reply) {
    return asking != null
        && reply.type().equals("input_reply")
        && reply.client().same(asking.client());
  }

  /**
   * Whether this input_reply, besides, names the question or its request as its parent. Clients
   * that have no subshells name nothing.
   */
  boolean isNamedBy(Request reply) {
    String parent = msgId(reply.message().parentHeader());
    return asking != null && (parent.equals(question) || parent.equals(asking.header().msgId()));
  }

  /** Hands the answer to the worker. */
  void answer(Request reply) {
    asking = null;
    inFlight.sendInput(reply.message().content());
  }

  private static String msgId(byte[] header) {
    try {
      return Header.parse(header).msgId();
    } catch (WireException e) {
      // A client's nonsense in a field that it need not set: as if it had not.
      return "";
    }
  }
}
