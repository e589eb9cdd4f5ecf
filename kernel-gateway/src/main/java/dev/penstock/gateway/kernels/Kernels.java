package dev.penstock.gateway.kernels;

import dev.penstock.gateway.kernels.KernelException.Reason;
import dev.penstock.gateway.log.LogStore;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.tally.Tally;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * All kernels of a server, of every kind. A kernel counts from the moment it is asked for, so that
 * quick clients cannot have more than are allowed. Thread-safe.
 */
public final class Kernels {
  private LifeStarter starter;
  private final LogStore logs;
  private int most;
  private final Tally tally = new Tally();
  private final Map<String, Kernel> kernels = new LinkedHashMap<>();
  private volatile BiConsumer<Kernel, Execution> executed = (_, _) -> {};
  private boolean closed;
  private Instant lastEnd = Instant.now();

  /**
   * No kernels yet.
   *
   * @param starter starts kernels of every kind
   * @param logs keeps what kernels say
   * @param most how many there may be; 0 for any number
   */
  public Kernels(LifeStarter starter, LogStore logs, int most) {
    this.starter = starter;
    this.logs = logs;
    this.most = most;
  }

  /**
   * Starts a kernel and returns when its process runs.
   *
   * @throws KernelException if there are too many, the id is taken or the process cannot be started
   */
  public Kernel start(LifeOrder order) throws KernelException {
    Kernel kernel = reserve(order);
    try {
      kernel.start();
      return kernel;
    } catch (KernelException e) {
      forget(kernel);
      throw e;
    }
  }

  /** Another server has them from now on; what runs goes on as it was started. */
  public synchronized void renew(LifeStarter newStarter, int newMost) {
    starter = newStarter;
    most = newMost;
  }

  private synchronized Kernel reserve(LifeOrder order) throws KernelException {
    if (closed) {
      throw new KernelException(Reason.FAILED, "the server is shutting down");
    }
    if (kernels.containsKey(order.kernelId())) {
      throw new KernelException(Reason.CONFLICT, "Kernel already exists: " + order.kernelId());
    }
    if (most > 0 && kernels.size() >= most) {
      throw new KernelException(
          Reason.LIMIT, "Resource Limit: there are %d kernels of at most %d".formatted(most, most));
    }
    Kernel kernel = new Kernel(order, starter, logs.open(order.kernelId()), tally, this::executed);
    kernels.put(order.kernelId(), kernel);
    return kernel;
  }

  /**
   * Has each notebook's cell told that is executed to its end, unless a client ended the kernel or
   * restarted it meanwhile.
   *
   * @param listener called in the thread that logs the end; must not wait
   */
  public void onExecuted(BiConsumer<Kernel, Execution> listener) {
    executed = listener;
  }

  private void executed(Kernel kernel, Execution execution) {
    executed.accept(kernel, execution);
  }

  /** The kernel with this id. */
  public Kernel find(String id) throws KernelException {
    Kernel kernel;
    synchronized (this) {
      kernel = kernels.get(id);
    }
    if (kernel == null) {
      throw new KernelException(Reason.NOT_FOUND, "Kernel does not exist: " + id);
    }
    return kernel;
  }

  /** What a kernel said that is gone, also one of an earlier server here; empty if nobody knows. */
  public Optional<OutputLog> formerLog(String id) {
    return logs.reopen(id);
  }

  /** What they did since the server began. */
  public Tally tally() {
    return tally;
  }

  /** When a kernel last did something or ended; the start of the server, if none ever did. */
  public synchronized Instant lastActivity() {
    return kernels.values().stream()
        .map(kernel -> kernel.view().lastActivity())
        .reduce(lastEnd, (left, right) -> left.isAfter(right) ? left : right);
  }

  /** Kernels in the order they were started. */
  public synchronized List<Kernel> all() {
    return List.copyOf(kernels.values());
  }

  /** Ends a kernel and forgets it; returns when its process is gone. */
  public void remove(String id, String cause) throws KernelException {
    Kernel kernel = find(id);
    Ending _ = kernel.remove(false, cause).join();
    forget(kernel);
  }

  /** Ends all kernels and takes no new ones. Completed when they are gone. */
  public CompletableFuture<?> close(String cause) {
    List<CompletableFuture<Ending>> ends = new ArrayList<>();
    synchronized (this) {
      closed = true;
      kernels.values().forEach(kernel -> ends.add(kernel.remove(true, cause)));
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new));
  }

  private synchronized void forget(Kernel kernel) {
    if (kernels.remove(kernel.id(), kernel)) {
      logs.release(kernel.id());
      lastEnd = Instant.now();
    }
  }
}
