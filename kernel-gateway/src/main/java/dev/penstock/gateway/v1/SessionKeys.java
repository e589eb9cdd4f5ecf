package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Digest;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sessions by the {@code Idempotency-Key} with which they were asked for. A key is known as long as
 * its session is there. Thread-safe.
 */
final class SessionKeys {
  private final Map<String, Made> made = new ConcurrentHashMap<>();

  /**
   * What a key was used for.
   *
   * @param asked digest of the call's body
   * @param kernel completed when it runs, exceptionally when it could not be started
   */
  private record Made(String asked, CompletableFuture<Kernel> kernel) {}

  /** Starts a kernel. */
  @FunctionalInterface
  interface Starter {
    /** Starts it, and waits for that. */
    Kernel start() throws HttpException, KernelException;
  }

  /**
   * The session of this key, which is started if there is none.
   *
   * @param body of the call
   * @throws HttpException 409 if the key was used for something else
   */
  Kernel start(String key, ObjectNode body, Starter starter)
      throws HttpException, KernelException, InterruptedException {
    Made mine = new Made(Digest.of(body), new CompletableFuture<>());
    for (Made first = made.putIfAbsent(key, mine);
        first != null;
        first = made.putIfAbsent(key, mine)) {
      if (!first.asked.equals(mine.asked)) {
        throw new HttpException(409, "This Idempotency-Key was used for another session");
      }
      try {
        return first.kernel.get();
      } catch (ExecutionException e) {
        // That one could not be started, and its client was told why: this is another attempt.
      }
    }
    return start(key, mine, starter);
  }

  private Kernel start(String key, Made mine, Starter starter)
      throws HttpException, KernelException {
    try {
      Kernel kernel = starter.start();
      boolean _ = mine.kernel.complete(kernel);
      kernel.sayWhenGone(() -> made.remove(key, mine));
      return kernel;
    } finally {
      if (!mine.kernel.isDone()) {
        made.remove(key, mine); // before the others look again
        boolean _ =
            mine.kernel.completeExceptionally(new IllegalStateException("it was not started"));
      }
    }
  }
}
