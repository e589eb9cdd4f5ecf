package dev.penstock.gateway.serve;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.keeper.KeeperException;
import dev.penstock.gateway.start.KernelStarter;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The HTTP servers of this gateway. They end with whoever started them. Thread-safe. */
public final class Servers implements AutoCloseable {
  private final KernelStarter starter;
  private final Keeper keeper;
  private final ZmqRuntime zmq;
  private final Path runtime;
  private final List<Serving> running = new ArrayList<>();
  private final Set<Long> owners = new HashSet<>();

  /**
   * No server yet.
   *
   * @param runtime the gateway's runtime directory
   */
  public Servers(KernelStarter starter, Keeper keeper, ZmqRuntime zmq, Path runtime) {
    this.zmq = zmq;
    this.runtime = runtime;
    this.starter = starter;
    this.keeper = keeper;
  }

  /**
   * Starts a server (docs/local-sockets.md, {@code serve}).
   *
   * @return the port that it listens on
   * @throws IOException if it cannot listen, or its owner is gone
   */
  public synchronized int start(ObjectNode settings) throws IOException {
    ObjectNode owner = Json.child(settings, "owner");
    long pid = Json.integer(owner, "pid", 0);
    if (pid > 0) {
      watch(pid, Json.integer(owner, "start", 0));
    }
    Serving serving = Serving.start(settings, starter, zmq, runtime);
    running.add(serving);
    return serving.port();
  }

  private void watch(long pid, long start) throws IOException {
    try {
      keeper.watch(pid, start);
      owners.add(pid);
    } catch (KeeperException e) {
      throw new IOException("the process " + pid + " that asked for it is gone", e);
    }
  }

  public synchronized boolean isEmpty() {
    return running.isEmpty();
  }

  /** Whether a server was started for this process. */
  public synchronized boolean isOwner(long pid) {
    return owners.contains(pid);
  }

  @Override
  public synchronized void close() {
    running.forEach(Serving::close);
    running.clear();
  }
}
