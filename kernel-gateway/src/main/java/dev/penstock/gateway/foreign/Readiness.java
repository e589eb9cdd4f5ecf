package dev.penstock.gateway.foreign;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Whether a kernel answers: it replied on shell, was heard on iopub, and knows us on stdin. Until
 * then it is asked again and again, because what a kernel publishes before it knows its subscriber
 * is lost (as jupyter_server's nudge), and so is its question to a client that it does not know.
 * Belongs to the kernel's owner thread.
 */
final class Readiness {
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
  private final CompletableFuture<Boolean> stdin;
  private boolean replied;
  private boolean heard;
  private long nextAt = System.nanoTime();

  /**
   * Not ready.
   *
   * @param stdin completes when the kernel knows us there
   */
  Readiness(CompletableFuture<Boolean> stdin) {
    this.stdin = stdin;
  }

  /** Completes with true when the kernel is ready, with false when it will never be. */
  CompletableFuture<Boolean> future() {
    return ready;
  }

  boolean isReady() {
    return replied && heard && stdin.isDone();
  }

  /** A reply came on shell. */
  void replied() {
    replied = true;
  }

  /** Something came on iopub. */
  void heard() {
    heard = true;
  }

  /** Tells that it is ready. */
  void tell() {
    ready.complete(true);
  }

  /** The kernel is gone. */
  void never() {
    ready.complete(false);
  }

  /** Whether to ask now; true at most twice a second. */
  boolean isDue() {
    if (ready.isDone() || nextAt - System.nanoTime() > 0) {
      return false;
    }
    nextAt = System.nanoTime() + PAUSE.toNanos();
    return true;
  }

  /** How long the owner may wait. */
  Duration patience(Duration atMost) {
    return ready.isDone() ? atMost : Duration.ofNanos(Math.max(0, nextAt - System.nanoTime()));
  }
}
