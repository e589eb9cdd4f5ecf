package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputLog;
import java.util.ArrayList;
import java.util.List;

/** A slice while it is put together. It never goes over a gap: what comes after it is the next. */
final class Stretch {
  /** Bytes of entries after which a slice is full, so that a reader's memory is bounded. */
  private static final long BYTES = 4L << 20;

  private final List<Logged> found = new ArrayList<>();
  private final int limit;
  private long first;
  private long next;
  private long bytes;
  private boolean ended;

  Stretch(long from, int limit) {
    first = Math.max(0, from);
    next = first;
    this.limit = limit;
  }

  /** The number that is looked for now. */
  long next() {
    return next;
  }

  boolean full() {
    return ended || found.size() >= limit || bytes >= BYTES;
  }

  void add(Logged logged) {
    found.add(logged);
    bytes += logged.entry().bytes();
    next = logged.seq() + 1;
  }

  /** Nothing was said, or nothing that still counts, up to this number. */
  void pass(long to) {
    next = Math.max(next, to);
  }

  /** What was said up to this number is gone. */
  void gap(long to) {
    if (to <= next) {
      return;
    }
    if (found.isEmpty()) {
      first = to;
      next = to;
    } else {
      ended = true;
    }
  }

  OutputLog.Slice slice() {
    return new OutputLog.Slice(first, found, next);
  }
}
