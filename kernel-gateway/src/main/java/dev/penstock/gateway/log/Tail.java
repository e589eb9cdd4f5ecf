package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Logged;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a log in memory: what the disk does not have yet, and as much before it as the budget
 * allows. Not thread-safe: guarded by the log's lock.
 */
final class Tail {
  /** A ring: the entry with number n, while here, is at n modulo the length. */
  private @Nullable Logged[] ring = new @Nullable Logged[16];

  private long first;
  private long next;

  /** The number of the first entry that the disk does not have. */
  private long unwritten;

  private long bytes;
  private long unwrittenBytes;

  Tail(long next) {
    this.first = next;
    this.next = next;
    this.unwritten = next;
  }

  long first() {
    return first;
  }

  long next() {
    return next;
  }

  /** Bytes of the entries that the disk does not have. */
  long unwrittenBytes() {
    return unwrittenBytes;
  }

  void add(Logged logged) {
    if (next - first == ring.length) {
      grow();
    }
    ring[slot(next++)] = logged;
    bytes += logged.entry().bytes();
    unwrittenBytes += logged.entry().bytes();
  }

  @Nullable Logged get(long seq) {
    return seq >= first && seq < next ? ring[slot(seq)] : null;
  }

  void copyTo(Stretch stretch) {
    for (Logged logged = get(stretch.next());
        logged != null && !stretch.full();
        logged = get(stretch.next())) {
      stretch.add(logged);
    }
  }

  /** The oldest entries that the disk does not have; at least one, if there is one. */
  List<Logged> unwritten(long atMostBytes) {
    List<Logged> found = new ArrayList<>();
    long sum = 0;
    for (Logged logged = get(unwritten);
        logged != null && sum < atMostBytes;
        logged = get(logged.seq() + 1)) {
      found.add(logged);
      sum += logged.entry().bytes();
    }
    return found;
  }

  /** The disk has what comes before this number. */
  void written(long upTo) {
    for (long seq = unwritten; seq < upTo; seq++) {
      unwrittenBytes -= cost(seq);
    }
    unwritten = Math.max(unwritten, upTo);
  }

  /** Lets the oldest go that the disk has, while there is more than this here. */
  void evict(long atMostBytes, Consumer<Logged> evicted) {
    while (bytes > atMostBytes && first < unwritten) {
      Logged logged = get(first);
      if (logged != null) {
        evicted.accept(logged);
      }
      removeFirst();
    }
  }

  /** Lets the oldest go that nobody needs, on disk or not, while there is more than this here. */
  void giveUp(long atMostBytes, long needed) {
    while (bytes > atMostBytes && first < Math.min(needed, next)) {
      removeFirst();
    }
  }

  private void removeFirst() {
    if (first == unwritten) {
      unwrittenBytes -= cost(first);
      unwritten++;
    }
    bytes -= cost(first);
    ring[slot(first)] = null;
    first++;
  }

  private long cost(long seq) {
    Logged logged = get(seq);
    return logged == null ? 0 : logged.entry().bytes();
  }

  private int slot(long seq) {
    return (int) (seq & (ring.length - 1));
  }

  private void grow() {
    @Nullable Logged[] old = ring;
    ring = new @Nullable Logged[old.length * 2];
    for (long seq = first; seq < next; seq++) {
      ring[slot(seq)] = old[(int) (seq & (old.length - 1))];
    }
  }
}
