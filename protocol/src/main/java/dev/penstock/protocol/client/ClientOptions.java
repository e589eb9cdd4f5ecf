package dev.penstock.protocol.client;

import java.time.Duration;

/**
 * How long a client waits.
 *
 * @param connect until the kernel answers and its iopub channel delivers
 * @param request for a reply to anything but code
 * @param execute between two messages of running code, and from its end to its reply
 */
public record ClientOptions(Duration connect, Duration request, Duration execute) {

  /** A minute for the kernel to start and for each reply, an hour of silence for code. */
  public static final ClientOptions DEFAULT =
      new ClientOptions(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofHours(1));
}
