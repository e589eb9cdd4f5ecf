package dev.penstock.gateway.session;

/** The way back to a client: what it is given besides what it reads from the log by itself. */
public interface Recipient {
  /**
   * Sends one entry of the log at once, even when data before it has to wait: replies on control
   * never wait for data. Called on the session's owner thread, which it must not hold up.
   */
  void deliverNow(OutputLog log, OutputEntry entry);

  /**
   * Whether its clients get an error for each request that is open when their kernel ends. Clients
   * of ZeroMQ do not: they see the end by the heartbeat, and some take any reply for a success.
   */
  default boolean answeredAtEnd() {
    return true;
  }
}
