package dev.penstock.gateway.session;

import java.time.Duration;

/**
 * A way for clients to reach a session. A door turns its wire into requests and output-log entries
 * into its wire; it decides nothing about execution. All methods but {@link #wakeup} belong to the
 * session's owner thread.
 */
public interface Door extends Recipient, AutoCloseable {
  /**
   * Takes what clients sent. Waits at most this long for the first message; returns early after
   * {@link #wakeup}.
   */
  void serve(Duration patience, Inbound inbound);

  /** Ends a waiting {@link #serve}, from any thread. */
  void wakeup();

  /**
   * Sends what the log holds beyond this door's position. After a restart it may hold back iopub
   * for those who listened before, and send replies only.
   *
   * @return false when a client does not take it right now: call again soon
   */
  boolean deliver(OutputLog log);

  /** The number of the first log entry that was not sent yet. */
  long position();

  /** Stops answering heartbeats: the kernel is dead (design, "a death is told"). */
  void stopHeartbeat();

  @Override
  default boolean answeredAtEnd() {
    return false;
  }

  @Override
  void close();
}
