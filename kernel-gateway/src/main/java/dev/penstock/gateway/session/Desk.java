package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import tools.jackson.databind.node.ObjectNode;

/** What all shells of a session work with. Belongs to the session's owner thread. */
record Desk(
    Outlet outlet,
    Executions executions,
    WorkerControl worker,
    Door door,
    GatewayReplies replies,
    Lifecycle lifecycle) {
  /** {@code ename} of the errors that requests get whose kernel ended. */
  private static final String DEAD = "DeadKernelError";

  void busy(Request request) {
    executions.began(request.header().msgId(), outlet.next());
    outlet.status(request.message().header(), "busy");
  }

  void idle(Request request) {
    outlet.status(request.message().header(), "idle");
    executions.ended(request.header().msgId());
  }

  /** {@code {"ename", "evalue", "traceback"}} of what a kernel's end has ended. */
  static ObjectNode dead(String cause) {
    ObjectNode error = Json.object().put("ename", DEAD).put("evalue", cause);
    error.putArray("traceback").add(DEAD + ": " + cause);
    return error;
  }

  /** The kernel ended under this request, which runs: an error for those who wait for one. */
  void cutOff(Request request, String cause) {
    if (request.client().recipient().answeredAtEnd()) {
      replies.error(request, DEAD, cause);
      idle(request);
    }
  }

  /** The kernel ended before this request ran. */
  void refuse(Request request, String cause) {
    if (request.client().recipient().answeredAtEnd()) {
      busy(request);
      cutOff(request, cause);
    }
  }
}
