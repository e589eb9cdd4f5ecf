package dev.penstock.gateway.session;

/** What all shells of a session work with. Belongs to the session's owner thread. */
record Desk(
    Outlet outlet, WorkerControl worker, Door door, GatewayReplies replies, Lifecycle lifecycle) {
  void busy(Request request) {
    outlet.status(request.message().header(), "busy");
  }

  void idle(Request request) {
    outlet.status(request.message().header(), "idle");
  }
}
