package dev.penstock.gateway.log;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps files within their budgets: the oldest segments are compacted, and deleted when that gains
 * nothing or compacted ones have half of the budget. Of all logs together, those that nobody writes
 * go first, then segments of the largest. A log's last segment stays, and so does what a door still
 * has to deliver. Belongs to the thread that writes logs.
 */
final class DiskBudget {
  private static final Logger LOG = LoggerFactory.getLogger(DiskBudget.class);

  private final Budgets budgets;
  private final FormerLogs formers;
  private final Compactor compactor;

  DiskBudget(Budgets budgets, FormerLogs formers, Compactor compactor) {
    this.budgets = budgets;
    this.formers = formers;
    this.compactor = compactor;
  }

  /** After something was written to this log. */
  void enforce(DiskLog log) {
    boolean shrunk = true;
    while (shrunk && log.files().bytes() > budgets.log()) {
      shrunk = shrink(log);
    }
  }

  /** After something was written to any log. */
  void enforceAll(Collection<DiskLog> live) {
    long all = formers.bytes() + bytes(live);
    if (all > budgets.all()) {
      formers.free(all - budgets.all());
      boolean shrunk = true;
      while (shrunk && formers.bytes() + bytes(live) > budgets.all()) {
        shrunk = largestFirst(live).stream().anyMatch(this::shrink);
      }
    }
  }

  private static long bytes(Collection<DiskLog> live) {
    return live.stream().mapToLong(log -> log.files().bytes()).sum();
  }

  private static List<DiskLog> largestFirst(Collection<DiskLog> live) {
    Comparator<DiskLog> bySize = Comparator.comparingLong(log -> log.files().bytes());
    return live.stream().sorted(bySize.reversed()).toList();
  }

  /** Makes a log smaller by one segment; false if nothing of it may go. */
  private boolean shrink(DiskLog log) {
    SegmentFiles files = log.files();
    long needed = log.needed();
    List<Segment> all = files.all();
    List<Segment> free =
        all.stream().limit(Math.max(0, all.size() - 1)).filter(s -> s.next() <= needed).toList();
    if (free.isEmpty()) {
      return false;
    }
    long compacted = free.stream().filter(Segment::isCompacted).mapToLong(Segment::end).sum();
    Segment oldest =
        free.stream()
            .filter(s -> !s.isCompacted() && compacted <= budgets.log() / 2)
            .findFirst()
            .orElse(free.getFirst());
    try {
      if (oldest.isCompacted() || !compact(files, oldest)) {
        files.drop(oldest);
      }
      return true;
    } catch (IOException e) {
      // It is off the list and not read any more; its bytes go with the log's directory.
      LOG.atWarn().setCause(e).log("a segment of an output log cannot be deleted");
      return true;
    }
  }

  private boolean compact(SegmentFiles files, Segment segment) throws IOException {
    Segment compacted;
    try {
      compacted = compactor.compact(segment);
    } catch (IOException e) {
      // No room for a smaller copy, or damage: it goes as it is.
      LOG.atWarn().setCause(e).log("a segment of an output log cannot be compacted");
      return false;
    }
    if (compacted == null) {
      return false;
    }
    files.replace(segment, compacted);
    return true;
  }
}
