package dev.penstock.gateway.foreign;

import dev.penstock.gateway.session.Request;
import dev.penstock.protocol.message.Channel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for their reply, by message id. Kernels leave requests unanswered that they do
 * not know, so there is a bound: the oldest is forgotten first. Belongs to the kernel's owner
 * thread.
 */
final class OpenRequests {
  private static final int MOST = 10_000;

  private final Map<String, Request> open = new LinkedHashMap<>();

  /** Whether a reply to this message is expected. */
  static boolean isRequest(Request request) {
    return request.channel() != Channel.STDIN && request.header().msgType().endsWith("_request");
  }

  /** Notes a message that was sent. */
  void add(Request request) {
    if (!isRequest(request)) {
      return;
    }
    open.put(request.header().msgId(), request);
    if (open.size() > MOST) {
      open.remove(open.keySet().iterator().next());
    }
  }

  /** The request of this id, which goes on waiting. */
  @Nullable Request find(String msgId) {
    return open.get(msgId);
  }

  /** The request of this id, which waits no longer. */
  @Nullable Request answered(String msgId) {
    return open.remove(msgId);
  }

  /** All that wait, oldest first; none afterwards. */
  List<Request> drain() {
    List<Request> all = List.copyOf(open.values());
    open.clear();
    return all;
  }
}
