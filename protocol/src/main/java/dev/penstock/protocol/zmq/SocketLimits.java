package dev.penstock.protocol.zmq;

import java.time.Duration;

/**
 * Bounds of a session's sockets.
 *
 * @param maxMessageBytes largest frame a peer may send; a peer that announces more is disconnected
 * @param publishHighWaterMark messages that wait for one subscriber before it counts as full. The
 *     memory a stalled subscriber can hold is this number times the size of the messages (which all
 *     subscribers share), besides what the system's TCP buffers take. Measured with one reader on
 *     two cores: marks of 64, 128 and 256 let 38,000, 73,000 and 123,000 messages of 500 B a second
 *     through; with 20 kB all three let through the same 35,000.
 * @param replyHighWaterMark replies that wait for one client; more are dropped, as they are for a
 *     client that went away
 * @param linger how long a closed socket goes on sending what it has
 * @param stallPatience how long publishing waits for a full subscriber before it counts as stalled;
 *     with encryption a second more for each 2 MiB that may wait for it
 */
public record SocketLimits(
    long maxMessageBytes,
    int publishHighWaterMark,
    int replyHighWaterMark,
    Duration linger,
    Duration stallPatience) {

  private static final long GIB = 1L << 30;

  /**
   * 1 GiB a message, or half of the heap if that is less; 1 s of linger and of patience.
   *
   * <p>The heap bounds it because a peer may announce a message of the limit before it proved
   * anything, and the announced size is allocated.
   */
  public static final SocketLimits DEFAULT =
      new SocketLimits(
          Math.min(GIB, Runtime.getRuntime().maxMemory() / 2),
          128,
          100_000,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1));

  /** The same limits with another size of messages. */
  public SocketLimits withMaxMessageBytes(long bytes) {
    return new SocketLimits(bytes, publishHighWaterMark, replyHighWaterMark, linger, stallPatience);
  }
}
