package dev.penstock.gateway;

import dev.penstock.gateway.control.About;
import dev.penstock.gateway.control.ControlServer;
import dev.penstock.gateway.control.Operations;
import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.keeper.KeeperException;
import dev.penstock.gateway.keeper.KeeperListener;
import dev.penstock.gateway.keeper.WorkerExit;
import dev.penstock.gateway.link.LinkServer;
import dev.penstock.gateway.placement.Guards;
import dev.penstock.gateway.placement.LocalPlacement;
import dev.penstock.gateway.placement.WorkerStart;
import dev.penstock.gateway.placement.Zygotes;
import dev.penstock.gateway.runtime.HeapKeeper;
import dev.penstock.gateway.runtime.Orphans;
import dev.penstock.gateway.runtime.RuntimeDirectory;
import dev.penstock.gateway.serve.Servers;
import dev.penstock.gateway.session.Attachments;
import dev.penstock.gateway.session.Session;
import dev.penstock.gateway.session.SessionState;
import dev.penstock.gateway.session.SessionTable;
import dev.penstock.gateway.start.KernelStarter;
import dev.penstock.gateway.start.Leases;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resident gateway: assembled here, ended here. It lives until it is told to leave, has had no
 * kernel for its idle time, or loses its keeper.
 *
 * <pre>
 * ControlServer -- Operations -- KernelStarter -- Placement -- Zygotes --- Keeper
 *                                     |                                      |
 *                                  Session (owner thread) ---- signals ------+
 *                                  /      \
 *                             ZmqDoor    LinkServer -- worker
 * </pre>
 */
final class Gateway implements KeeperListener {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final Duration SWEEP = Duration.ofSeconds(5);
  private static final Duration SHORTEST_SWEEP = Duration.ofMillis(100);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(4);

  private final RuntimeDirectory directory;
  private final Patience patience;
  private final SessionTable table = new SessionTable();
  private final CountDownLatch leaving = new CountDownLatch(1);

  /**
   * The parts that need a keeper; complete once it answered. Events that come before wait for
   * nothing: there are no sessions yet.
   */
  private final CompletableFuture<Parts> parts = new CompletableFuture<>();

  private volatile boolean keeperLost;

  private record Parts(Zygotes zygotes, Leases leases, Servers servers) {}

  /**
   * How long what is not used is kept.
   *
   * @param idle the gateway, without a kernel
   * @param zygoteIdle a zygote that no worker was forked from
   */
  record Patience(Duration idle, Duration zygoteIdle) {
    /** How often to look: at least once in either time, and not all the time. */
    Duration sweep() {
      return Collections.max(
          List.of(SHORTEST_SWEEP, Collections.min(List.of(SWEEP, idle, zygoteIdle))));
    }
  }

  /** A gateway in a runtime directory. */
  Gateway(RuntimeDirectory directory, Patience patience) {
    this.directory = directory;
    this.patience = patience;
  }

  /** Runs until the gateway's life is over. */
  void run(String version) throws IOException {
    Instant started = Instant.now();
    try (ZmqRuntime zmq = new ZmqRuntime();
        Keeper keeper = Keeper.connect(directory.keeperSocket(), this);
        LinkServer _ = LinkServer.listen(directory.workerSocket(), table::find)) {
      Zygotes zygotes = new Zygotes(keeper);
      Leases leases = new Leases(keeper);
      WorkerStart starts = new WorkerStart(directory.workerSocket(), directory.sessions());
      LocalPlacement placement = new LocalPlacement(keeper, zygotes, starts);
      Guards guards = new Guards(starts, table);
      KernelStarter starter = new KernelStarter(table, placement, guards, zmq, leases);
      Attachments attachments = new Attachments();
      About about = new About(version, parent(), started);
      Servers servers = new Servers(starter, keeper, zmq, directory.root());
      parts.complete(new Parts(zygotes, leases, servers));
      Operations operations =
          new Operations(table, starter, zygotes, attachments, about, servers, leaving::countDown);
      try (ControlServer _ =
          ControlServer.listen(directory.controlSocket(), operations, guards, attachments)) {
        // All sockets listen: the keeper now tells whoever waits for this gateway.
        keeper.hello();
        LOG.atInfo()
            .addKeyValue("version", version)
            .addKeyValue("start_ms", Duration.between(started, Instant.now()).toMillis())
            .log("gateway ready");
        stayUntilDone(zygotes, servers);
        servers.close();
      }
      leave(keeper, guards);
    }
  }

  /** The keeper is the parent of all. */
  private static long parent() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
  }

  private void stayUntilDone(Zygotes zygotes, Servers servers) {
    try (HeapKeeper _ = new HeapKeeper(this::quiet)) {
      while (!leaving.await(patience.sweep().toMillis(), TimeUnit.MILLISECONDS)) {
        zygotes.expire(patience.zygoteIdle());
        if (servers.isEmpty() && table.closeIfIdle(patience.idle())) {
          LOG.atInfo()
              .addKeyValue("idle_s", patience.idle().toSeconds())
              .log("leaving: no kernel for the idle time");
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean quiet() {
    return table.live().stream().noneMatch(s -> s.view().state() == SessionState.BUSY);
  }

  private void leave(Keeper keeper, Guards guards) {
    table.close();
    List<Session> live = table.live();
    if (keeperLost) {
      LOG.atError().log("leaving: the keeper is gone, and with it its workers");
      List<Session> guarded = live.stream().filter(guards::hold).toList();
      guarded.forEach(session -> session.stop(true, "the gateway's keeper ended"));
      List<Session> lost = live.stream().filter(s -> !guarded.contains(s)).toList();
      Orphans.end(lost.stream().map(s -> s.view().workerPid()).collect(Collectors.toSet()));
      lost.forEach(session ->
          session.workerLost("The Python process was killed because Penstock's keeper ended."));
      awaitEnd(live);
      return;
    }
    live.forEach(session -> session.stop(true, "the gateway was stopped"));
    awaitEnd(live);
    try {
      keeper.leave();
    } catch (KeeperException e) {
      // It ends by itself as soon as this process does.
      LOG.atWarn().setCause(e).log("keeper did not take leave");
    }
    LOG.atInfo().log("gateway left");
  }

  private static void awaitEnd(List<Session> sessions) {
    CompletableFuture.allOf(
            sessions.stream().map(Session::ended).toArray(CompletableFuture<?>[]::new))
        .completeOnTimeout(null, STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  @Override
  public void workerExited(String id, WorkerExit exit) {
    Session session = table.find(id);
    if (session != null) {
      session.workerExited(exit);
    }
  }

  @Override
  public void processGone(long pid) {
    Parts ready = ready();
    if (ready != null) {
      if (ready.servers().isOwner(pid)) {
        LOG.atInfo().log("leaving: whoever started the server is gone");
        leaving.countDown();
      }
      // Not on the keeper's reader thread: ending sessions asks the keeper again.
      Thread.ofVirtual().name("owner-gone").start(() -> endOrphans(ready.leases(), pid));
    }
  }

  private void endOrphans(Leases leases, long owner) {
    for (Session orphan : leases.processGone(owner)) {
      orphan.stop(true, "its owner, process " + owner + ", is gone");
      // Who would ask how it ended is gone, too.
      table.release(orphan.spec().id());
    }
  }

  @Override
  public void zygoteExited(String key) {
    Parts ready = ready();
    if (ready != null) {
      ready.zygotes().exited(key);
    }
  }

  @Override
  public void keeperLost() {
    keeperLost = true;
    leaving.countDown();
  }

  private @Nullable Parts ready() {
    return parts.getNow(null);
  }
}
