package dev.penstock.gateway.kernels;

import java.time.Duration;
import java.time.Instant;

/**
 * Which kernels are ended because nobody uses them (REST-39), with jupyter_server's meanings.
 *
 * @param idle how long a kernel may be unused; zero or less for ever. A kernelspec may say another
 *     one in {@code metadata.cull_idle_timeout}, in seconds
 * @param interval how often to look
 * @param busy whether kernels that run something are ended, too
 * @param connected whether kernels with open WebSockets are
 */
public record CullRules(Duration idle, Duration interval, boolean busy, boolean connected) {
  private static final String OF_SPEC = "cull_idle_timeout";

  /** Whether this kernel's time is over. A dead one's is at once, if any kernel's ever is. */
  boolean applyTo(Kernel kernel, Instant now) {
    KernelView view = kernel.view();
    long limit = kernel.order().spec().metadata().path(OF_SPEC).asLong(idle.toSeconds());
    if (limit <= 0) {
      return false;
    }
    if (view.executionState().equals("dead")) {
      return true;
    }
    return Duration.between(view.lastActivity(), now).toSeconds() >= limit
        && (busy || view.executionState().equals("idle"))
        && (connected || view.connections() == 0);
  }
}
