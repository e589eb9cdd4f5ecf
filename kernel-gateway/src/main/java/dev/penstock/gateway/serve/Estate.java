package dev.penstock.gateway.serve;

import dev.penstock.gateway.kernels.CullRules;
import dev.penstock.gateway.kernels.Culler;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.kernels.LifeStarter;
import dev.penstock.gateway.orphans.OrphanedOutputs;
import dev.penstock.gateway.rest.SessionBook;
import dev.penstock.gateway.rpc.TaskBook;
import dev.penstock.gateway.v1.SessionClients;
import dev.penstock.gateway.websocket.RemoteClients;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What can outlive a server: its kernels and what they said, who reads how far, which document has
 * which kernel. Thread-safe.
 *
 * @param api what clients of {@code /api/v1/sessions} run
 * @param tasks what clients of {@code /rpc} have submitted
 * @param culler ends kernels that nobody uses, also between two servers
 * @param orphans writes the outputs of cells that end while no client is there, also between two
 *     servers; has null where these stay in the log
 */
record Estate(
    Kernels kernels,
    ServerLogs logs,
    RemoteClients clients,
    SessionBook sessions,
    SessionClients api,
    TaskBook tasks,
    Culler culler,
    AtomicReference<@Nullable OrphanedOutputs> orphans)
    implements AutoCloseable {
  private static final Duration END_LIMIT = Duration.ofSeconds(4);

  /** An empty one. */
  static Estate begin(ServeSettings settings, LifeStarter lives, int port, Path runtime)
      throws IOException {
    ServerLogs logs = ServerLogs.open(settings.state(), port, settings.socket(), runtime);
    Kernels kernels = new Kernels(lives, logs.store(), settings.maxKernels());
    Culler culler = new Culler(kernels, settings.culling());
    return new Estate(
        kernels,
        logs,
        new RemoteClients(),
        new SessionBook(),
        new SessionClients(),
        new TaskBook(),
        culler,
        new AtomicReference<>());
  }

  /** The same with a culler for the next server, in place of this one's. */
  Estate with(CullRules rules) {
    culler.close();
    return new Estate(
        kernels, logs, clients, sessions, api, tasks, new Culler(kernels, rules), orphans);
  }

  /** From now on outputs that no client waits for are written by this, or not at all. */
  void save(@Nullable OrphanedOutputs next) {
    OrphanedOutputs before = orphans.getAndSet(next);
    kernels.onExecuted((kernel, execution) -> {
      if (next != null) {
        next.executed(kernel, execution);
      }
    });
    if (before != null) {
      before.close();
    }
  }

  /** Ends all kernels. */
  void endKernels() {
    culler.close();
    var _ =
        kernels
            .close("the server was stopped")
            .completeOnTimeout(null, END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
            .join();
  }

  @Override
  public void close() {
    save(null);
    endKernels();
    logs.close();
  }
}
