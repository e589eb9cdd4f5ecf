package dev.penstock.protocol.client;

import java.time.Duration;

/** A kernel that did not answer in time: it is busy, stopped or dead. */
public final class KernelTimeoutException extends KernelClientException {

  private static final long serialVersionUID = 1L;

  KernelTimeoutException(String what, Duration limit) {
    super("no %s within %s s".formatted(what, limit.toMillis() / 1000.0));
  }
}
