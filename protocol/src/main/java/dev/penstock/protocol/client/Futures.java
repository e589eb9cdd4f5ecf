package dev.penstock.protocol.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits with limits, and errors that say for what. */
final class Futures {

  private Futures() {}

  static <T> T get(CompletableFuture<T> future, String what, Duration limit) {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The caller's limit is over; a late reply is ignored.
      throw new KernelTimeoutException(what, limit);
    } catch (InterruptedException e) {
      // The caller wants to stop: it learns so by an exception and the flag.
      Thread.currentThread().interrupt();
      throw new KernelClientException("interrupted while waiting for " + what, e);
    } catch (ExecutionException e) {
      // The client's thread failed the request: its own text says why.
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new KernelClientException(String.valueOf(cause.getMessage()), cause);
    }
  }
}
