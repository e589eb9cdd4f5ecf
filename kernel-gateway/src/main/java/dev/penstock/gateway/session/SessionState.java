package dev.penstock.gateway.session;

/** Where a session is in its life. */
public enum SessionState {
  /** Sockets are bound; the worker is on its way; requests wait. */
  STARTING,
  IDLE,
  BUSY,
  /** Asked to end; the worker is being ended. */
  STOPPING,
  /** The worker is gone; see the session's {@link Ending}. */
  DEAD
}
