package dev.penstock.gateway.placement;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.keeper.KeeperException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The zygotes that the gateway knows, one per Python environment. Thread-safe. */
public final class Zygotes {
  private static final Logger LOG = LoggerFactory.getLogger(Zygotes.class);

  private final Keeper keeper;
  private final Map<String, Zygote> known = new ConcurrentHashMap<>();
  private final Map<String, ReentrantLock> starting = new ConcurrentHashMap<>();

  /**
   * A running zygote.
   *
   * @param startOnly the start-only environment variables it was started with
   */
  public record Zygote(String key, long pid, String python, ObjectNode startOnly, Instant used) {
    Zygote usedNow() {
      return new Zygote(key, pid, python, startOnly, Instant.now());
    }
  }

  public Zygotes(Keeper keeper) {
    this.keeper = keeper;
  }

  /**
   * Makes sure that the order's zygote runs.
   *
   * @return the start-only variables it was started with
   */
  ObjectNode ready(WorkerOrder order) throws KeeperException {
    // One start per environment at a time; other environments do not wait for it.
    ReentrantLock lock = starting.computeIfAbsent(order.key(), _ -> new ReentrantLock());
    lock.lock();
    try {
      Zygote zygote = known.get(order.key());
      if (zygote == null) {
        ObjectNode answer =
            keeper.zygote(order.key(), order.zygoteArgv(), order.env(), order.startOnly());
        zygote =
            new Zygote(
                order.key(),
                Json.integer(answer, "pid", 0),
                order.python(),
                Json.child(answer, "start_only"),
                Instant.now());
        LOG.atInfo()
            .addKeyValue("key", order.key())
            .addKeyValue("pid", zygote.pid())
            .log("zygote ready");
      }
      known.put(order.key(), zygote.usedNow());
      return zygote.startOnly();
    } finally {
      lock.unlock();
    }
  }

  long fork(WorkerOrder order, ObjectNode spec) throws KeeperException {
    return keeper.fork(order.key(), spec);
  }

  /** Ends a zygote that is out of date and starts another. */
  void renew(WorkerOrder order) throws KeeperException {
    retire(order.key());
    ready(order);
  }

  /** The keeper told that a zygote ended. */
  public void exited(String key) {
    known.remove(key);
  }

  public List<Zygote> all() {
    return List.copyOf(known.values());
  }

  /** Ends zygotes that nobody has used for this long. */
  public void expire(Duration unused) {
    Instant limit = Instant.now().minus(unused);
    for (Zygote zygote : known.values()) {
      if (zygote.used().isBefore(limit)) {
        try {
          retire(zygote.key());
          LOG.atInfo().addKeyValue("key", zygote.key()).log("idle zygote ended");
        } catch (KeeperException e) {
          // It is tried again with the next sweep.
          LOG.atWarn().addKeyValue("key", zygote.key()).setCause(e).log("idle zygote not ended");
        }
      }
    }
  }

  private void retire(String key) throws KeeperException {
    known.remove(key);
    try {
      keeper.retire(key);
    } catch (KeeperException e) {
      if (!e.code().equals("gone")) {
        throw e;
      }
    }
  }
}
