package dev.penstock.gateway.environments;

import dev.penstock.gateway.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What a job told, numbered from 0; the first are forgotten when there are many. Thread-safe. */
final class JobEvents {
  private static final int MOST = 4000;

  private final List<byte[]> lines = new ArrayList<>();
  private long first;
  private boolean over;

  /**
   * A stretch of them.
   *
   * @param first number of the first line
   * @param lines each an object {@code {"seq", "time", "event", …}}
   * @param over whether nothing comes after them
   */
  record Slice(long first, List<byte[]> lines, boolean over) {
    long next() {
      return first + lines.size();
    }
  }

  synchronized void add(ObjectNode event) {
    ObjectNode line = Json.object().put("seq", next()).put("time", Instant.now().toString());
    line.setAll(event);
    if (lines.size() == MOST) {
      List<byte[]> oldest = lines.subList(0, MOST / 2);
      first += oldest.size();
      oldest.clear();
    }
    lines.add(Json.bytes(line));
    notifyAll();
  }

  /** Nothing more will be told. */
  synchronized void end() {
    over = true;
    notifyAll();
  }

  synchronized long next() {
    return first + lines.size();
  }

  /** All from this number on that are still there. */
  synchronized Slice read(long from) {
    long at = Math.max(first, Math.min(from, next()));
    List<byte[]> rest = List.copyOf(lines.subList((int) (at - first), lines.size()));
    return new Slice(at, rest, over);
  }

  /** Waits until there is this number, or never will be; false if that did not happen in time. */
  synchronized boolean await(long seq, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (seq >= next() && !over) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
