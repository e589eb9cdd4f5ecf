package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.HttpException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The executions of one session, the latest of those that are over. Thread-safe. */
final class Runs {
  /** How many are remembered. */
  static final int MOST = 1000;

  /** By id, in the order in which they came. */
  private final Map<String, Run> all = new LinkedHashMap<>();

  /** By the key that their client gave them. */
  private final Map<String, Run> keyed = new HashMap<>();

  /** Those that are not over. */
  private final Map<String, Run> open = new ConcurrentHashMap<>();

  /**
   * What came of a call.
   *
   * @param isNew false if an earlier call with its key has started this
   */
  record Started(Run run, boolean isNew) {}

  /**
   * Adds one, unless there is one for its key.
   *
   * @throws HttpException 409 if that is for something else, 429 if too many are open
   */
  synchronized Started add(Run run, @Nullable String key) throws HttpException {
    Run same = key == null ? null : keyed.get(key);
    if (same != null) {
      if (same.order().equals(run.order())) {
        return new Started(same, false);
      }
      throw new HttpException(409, "This Idempotency-Key was used for another execution");
    }
    if (open.size() >= MOST) {
      throw new HttpException(429, "%d executions of this session wait already".formatted(MOST));
    }
    all.put(run.id(), run);
    open.put(run.id(), run);
    if (key != null) {
      keyed.put(key, run);
    }
    if (all.size() > MOST) {
      forgetOldest();
    }
    return new Started(run, true);
  }

  private void forgetOldest() {
    for (Run old : all.values()) {
      if (old.over().isDone()) {
        all.remove(old.id());
        keyed.values().remove(old);
        return;
      }
    }
  }

  synchronized @Nullable Run find(String id) {
    return all.get(id);
  }

  /** All, oldest first. */
  synchronized List<Run> list() {
    return new ArrayList<>(all.values());
  }

  /** One is over. */
  void ended(Run run) {
    open.remove(run.id());
  }

  /**
   * Their kernel is gone.
   *
   * @param next the number that its next log entry would have
   */
  void lost(long next) {
    open.values().forEach(run -> run.lost(next));
    open.clear();
  }
}
