package dev.penstock.gateway.session;

/** What all shells of a session work with. Belongs to the session's owner thread. */
record Desk(
    Outlet outlet, WorkerControl worker, Door door, GatewayReplies replies, Lifecycle lifecycle) {
  /** {@code ename} of the errors that requests get whose kernel ended. */
  private static final String DEAD = "DeadKernelError";

  void busy(Request request) {
    outlet.status(request.message().header(), "busy");
  }

  void idle(Request request) {
    outlet.status(request.message().header(), "idle");
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
