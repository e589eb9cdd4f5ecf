package dev.penstock.gateway.commands;

import dev.penstock.gateway.log.LogStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * What the commands of a server say. Each command has a log of its own, also one that has the id of
 * an earlier one: who still reads what that one said is not disturbed. Thread-safe.
 */
final class CommandLogs implements AutoCloseable {
  /** How long a forgotten command's log stays for those who were reading it. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private final LogStore store;
  private final Duration patience;
  private final Set<String> open = new HashSet<>();
  private long count;

  /**
   * No logs yet.
   *
   * @param store theirs alone, and closed with them
   * @param patience how long a log stays for viewers after its command was forgotten
   */
  CommandLogs(LogStore store, Duration patience) {
    this.store = store;
    this.patience = patience;
  }

  /**
   * An empty log.
   *
   * @param id of the command, for people who look into the directory or the gateway's log
   */
  synchronized CommandLog open(String id) {
    String name = id + "-" + count++;
    CommandLog log = new CommandLog(name, store.open(name));
    open.add(name);
    return log;
  }

  /** Deletes what was said; at once if nobody reads it, else when its last viewer has left. */
  void discard(CommandLog log, Viewers viewers) {
    if (viewers.count() == 0) {
      delete(log);
    } else {
      Thread.ofVirtual().name("command-log-" + log.name()).start(() -> outlast(log, viewers));
    }
  }

  private void outlast(CommandLog log, Viewers viewers) {
    try {
      viewers.awaitNone(patience);
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; the log goes all the same.
      Thread.currentThread().interrupt();
    }
    delete(log);
  }

  /** Deletes what was said; who still reads it sees a gap. */
  synchronized void delete(CommandLog log) {
    if (open.remove(log.name())) {
      store.delete(log.name());
    }
  }

  /** Deletes all. */
  @Override
  public synchronized void close() {
    open.forEach(store::delete);
    open.clear();
    store.close();
  }
}
