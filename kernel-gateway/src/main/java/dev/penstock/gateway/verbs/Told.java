package dev.penstock.gateway.verbs;

import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.TappedLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a stream besides the log, for readers whom the log left behind: how many values
 * there were, and the end. Thread-safe.
 */
final class Told implements TappedLog.Tap {
  private final Runnable atEnd;

  /** What the end is made of so far. */
  private final List<StreamMessage> last = new ArrayList<>();

  private long values;
  private volatile @Nullable End end;

  /**
   * A stream's end.
   *
   * @param seq the number of its last entry in the log
   * @param messages why, if it failed, and Done
   */
  record End(long seq, List<StreamMessage> messages) {}

  /**
   * Nothing yet.
   *
   * @param atEnd run when the end is known, in the thread that logs it
   */
  Told(Runnable atEnd) {
    this.atEnd = atEnd;
  }

  /** How many values there were: the number of the latest. */
  synchronized long values() {
    return values;
  }

  /** Null as long as it goes on. */
  @Nullable End end() {
    return end;
  }

  @Override
  public void said(long seq, OutputEntry entry) {
    switch (entry.msgType()) {
      case "penstock_stream_data" -> oneMore(); // is not parsed: it may be large
      case "penstock_stream_reply", "penstock_stream_error", "penstock_stream_done" -> {
        if (isEndedBy(seq, Said.ofStream(entry, Said.content(entry)))) {
          atEnd.run();
        }
      }
      default -> {} // what it writes
    }
  }

  private synchronized void oneMore() {
    values++;
  }

  private synchronized boolean isEndedBy(long seq, List<StreamMessage> messages) {
    last.addAll(messages);
    if (end != null || last.isEmpty() || !(last.getLast() instanceof StreamMessage.Done)) {
      return false;
    }
    end = new End(seq, List.copyOf(last));
    return true;
  }
}
