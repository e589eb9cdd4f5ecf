package dev.penstock.gateway.placement;

import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.session.Session;
import java.io.IOException;

/**
 * Where workers run. No code outside a placement knows where a worker is: a session knows only its
 * link (design, decision 9).
 */
public interface Placement {
  /** The parent of this placement's workers, which signals them. */
  Keeper keeper();

  /**
   * Makes ready what a start needs, which can take long the first time.
   *
   * @throws IOException if it cannot be had, with a message for the user
   */
  void prepare(WorkerOrder order) throws IOException;

  /**
   * Starts the session's worker and tells the session.
   *
   * @throws IOException if it could not be started, with a message for the user
   */
  StartedWorker start(Session session, WorkerOrder order) throws IOException;

  /** Lets go of what the placement holds for an ended session. */
  void release(Session session);
}
