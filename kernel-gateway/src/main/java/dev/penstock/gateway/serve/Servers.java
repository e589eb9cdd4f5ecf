package dev.penstock.gateway.serve;

import dev.penstock.gateway.control.Operations;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.keeper.KeeperException;
import dev.penstock.gateway.start.KernelStarter;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The HTTP servers of this gateway. They end with whoever started them. Thread-safe. */
public final class Servers implements Operations.Server, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Servers.class);

  private final KernelStarter starter;
  private final Keeper keeper;
  private final ZmqRuntime zmq;
  private final Path runtime;
  private final List<Serving> running = new ArrayList<>();
  private boolean closed;

  /** What the last server left for the next one; null while one runs, or none was told to. */
  private volatile @Nullable Estate left;

  /** Asked by the keeper's reader, which must not wait for a start: starts wait for the keeper. */
  private final Set<Long> owners = ConcurrentHashMap.newKeySet();

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
   * Starts a server (docs/local-sockets.md, {@code serve}). It goes on with what the one before it
   * left, if there is anything.
   *
   * @return the port that it listens on
   * @throws IOException if it cannot listen, or its owner is gone
   */
  @Override
  public int start(ObjectNode settings) throws IOException {
    ObjectNode owner = Json.child(settings, "owner");
    long pid = Json.integer(owner, "pid", 0);
    if (pid > 0) {
      watch(pid, Json.integer(owner, "start", 0));
    }
    Estate estate = left;
    try {
      Serving serving = open(settings, estate);
      try {
        serving.begin();
      } catch (IOException e) {
        end(serving, estate != null);
        throw e;
      }
      return serving.port();
    } catch (IOException e) {
      if (estate != null) {
        release(); // its kernels stay for the next try
      }
      throw e;
    }
  }

  private synchronized Serving open(ObjectNode settings, @Nullable Estate estate)
      throws IOException {
    if (closed) {
      throw new IOException("the gateway is leaving");
    }
    Serving serving = new Serving(settings, starter, zmq, runtime, estate);
    left = null;
    running.add(serving);
    return serving;
  }

  private synchronized void end(Serving serving, boolean leaves) {
    if (!running.remove(serving)) {
      return; // the gateway has ended it
    }
    if (leaves) {
      left = serving.leave();
    } else {
      serving.close();
    }
  }

  /** Ends the servers; their kernels stay for the next one at their address. */
  @Override
  public synchronized int leave() {
    for (Serving serving : running) {
      left = serving.leave();
    }
    running.clear();
    release();
    Estate estate = left;
    return estate == null ? 0 : estate.kernels().all().size();
  }

  /** Nobody's end is the gateway's any more. */
  private void release() {
    for (Long pid : List.copyOf(owners)) {
      owners.remove(pid);
      try {
        keeper.unwatch(pid);
      } catch (KeeperException e) {
        LOG.atDebug().setCause(e).log("it is gone already");
      }
    }
  }

  private void watch(long pid, long start) throws IOException {
    try {
      keeper.watch(pid, start);
      owners.add(pid);
    } catch (KeeperException e) {
      throw new IOException("the process " + pid + " that asked for it is gone", e);
    }
  }

  /** Whether there is no server, and no kernel that one left. */
  public synchronized boolean isEmpty() {
    Estate estate = left;
    return running.isEmpty() && (estate == null || estate.kernels().all().isEmpty());
  }

  /** Whether a server was started for this process. */
  public boolean isOwner(long pid) {
    return owners.contains(pid);
  }

  @Override
  public synchronized void close() {
    closed = true;
    running.forEach(Serving::close);
    running.clear();
    Estate estate = left;
    if (estate != null) {
      estate.close();
    }
  }
}
