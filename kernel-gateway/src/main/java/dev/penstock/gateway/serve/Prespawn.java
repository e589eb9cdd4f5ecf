package dev.penstock.gateway.serve;

import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.rest.KernelFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Kernels that run before anybody asks for one. */
final class Prespawn {
  /** More at a time would make slow kernels miss the time that they have to start. */
  private static final int AT_A_TIME = 2 * Runtime.getRuntime().availableProcessors();

  private Prespawn() {}

  /**
   * Starts kernels, and returns when all are there.
   *
   * @param name of their kernelspec; null for the default one
   * @throws IOException if one of them does not start: why
   */
  static List<Kernel> start(KernelFactory factory, @Nullable String name, int count)
      throws IOException {
    try (ExecutorService starts =
        Executors.newFixedThreadPool(AT_A_TIME, Thread.ofVirtual().name("prespawn").factory())) {
      List<CompletableFuture<Kernel>> started = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        started.add(CompletableFuture.supplyAsync(() -> one(factory, name), starts));
      }
      try {
        return started.stream().map(CompletableFuture::join).toList();
      } catch (CompletionException e) {
        starts.shutdownNow();
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw new IOException("a prespawned kernel did not start: " + cause.getMessage(), cause);
      }
    }
  }

  private static Kernel one(KernelFactory factory, @Nullable String name) {
    try {
      return factory.startOwn(name);
    } catch (KernelException e) {
      throw new CompletionException(e);
    }
  }
}
