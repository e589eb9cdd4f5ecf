package dev.penstock.gateway.v1;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Ends cells that run for too long, or that nobody wants; the worker keeps the verbs' limits. */
final class TimeLimit {
  /** Between two interrupts: code may catch the first one, and kernels that begin lose it. */
  private static final long AGAIN_MS = 2000;

  private static final long SOON_MS = 200;

  private final BooleanSupplier needed;
  private final Runnable interrupt;
  private CompletableFuture<Void> timer = new CompletableFuture<>();

  private TimeLimit(BooleanSupplier needed, Runnable interrupt) {
    this.needed = needed;
    this.interrupt = interrupt;
  }

  /** Interrupts the run when it has run for so long, until it is over. */
  static void watch(Run run, double seconds, Runnable interrupt) {
    CompletableFuture<Void> _ =
        run.begun()
            .thenRun(
                () -> new TimeLimit(run::timeOut, interrupt).begin(run, (long) (seconds * 1000)));
  }

  /**
   * Interrupts the run once a client wants it ended and the kernel is in its code, until it is
   * over. Not at once: a kernel that has only told the code is not yet in it, and ipykernel then
   * loses the request for good.
   */
  static void end(Run run, Runnable interrupt) {
    CompletableFuture<Void> _ =
        run.entered()
            .runAfterBoth(
                run.unwanted(),
                () -> new TimeLimit(run::isUnwanted, interrupt).begin(run, SOON_MS));
  }

  /** The timer ends with the run: limits may be long, and a timer holds all of the run. */
  private void begin(Run run, long millis) {
    next(millis);
    CompletableFuture<Void> _ = run.over().thenRun(this::stop);
  }

  private synchronized void next(long millis) {
    timer = new CompletableFuture<Void>().completeOnTimeout(null, millis, TimeUnit.MILLISECONDS);
    CompletableFuture<Void> _ = timer.thenRunAsync(this::insist);
  }

  private synchronized void stop() {
    boolean _ = timer.cancel(false);
  }

  private void insist() {
    if (needed.getAsBoolean()) {
      interrupt.run();
      next(AGAIN_MS);
    }
  }
}
