package dev.penstock.gateway.placement;

import dev.penstock.gateway.session.Session;
import java.io.IOException;

/**
 * Where workers run. No code outside a placement knows where a worker is: a session knows only its link (design, decision 9).
 */
public interface Placement {
  /**
   * Starts the session's worker and tells the session.
   *
   * @return how it was started
   * @throws IOException if it could not be started, with a message for the user
   */
  StartPath start(Session session, WorkerOrder order) throws IOException;

  /** Lets go of what the placement holds for an ended session. */
  void release(Session session);
}
