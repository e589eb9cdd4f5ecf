package dev.penstock.gateway.kernels;

import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.Request;
import dev.penstock.gateway.session.SessionState;
import dev.penstock.protocol.connection.ConnectionInfo;
import java.util.concurrent.CompletableFuture;

/**
 * One life of a kernel: from the start of its process to its end. Everything it says goes to the
 * log it was started with. Thread-safe.
 */
public interface Life {
  /**
   * Takes a request; the answers are in the log, for the request's client.
   *
   * @return false if it has ended: nothing was answered
   */
  boolean submit(Request request);

  /** Interrupts what runs now. Completed once the signal or message is out. */
  CompletableFuture<Void> interrupt();

  /**
   * Ends it; {@link #ended} tells when.
   *
   * @param now kill it instead of asking
   * @param cause why, one line for people
   */
  void stop(boolean now, String cause);

  /** Completed when the process is gone and all it said is in the log. Never exceptionally. */
  CompletableFuture<Ending> ended();

  SessionState state();

  /** The kernel's process; 0 while there is none. */
  long pid();

  /** Where its ZeroMQ sockets are; they are opened if there are none yet. */
  CompletableFuture<ConnectionInfo> connection();
}
