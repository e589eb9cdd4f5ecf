package dev.penstock.gateway.session;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts a session's messages into its log and makes one stream message of several where text is
 * written in quick succession (design, decision 6). A program that flushes each line would
 * otherwise send thousands of messages a second, and jupyter_server cuts what comes after the
 * thousandth.
 *
 * <p>Text goes out at once, unless text of the same stream and request went out less than {@link
 * #WINDOW} ago and nothing was said in between. Then it is held, and what follows joins it, until
 * the window is over, {@link #LIMIT} bytes are together, or anything else is said: nothing
 * overtakes text, and text is never merged across another message. So output that is sparse is
 * never delayed, and the end of a cell waits for nothing.
 *
 * <p>Belongs to the session's owner thread.
 */
final class StreamMerger {
  /** How long text may be held. Not seen by people; 100 messages a second at most. */
  static final Duration WINDOW = Duration.ofMillis(10);

  /** Bytes of content that are sent without waiting for more. */
  static final int LIMIT = 64 << 10;

  private final OutputLog log;
  private final LongSupplier nanoTime;

  /** The last entry of the log if more text may be merged behind it, else null. */
  private @Nullable StreamText last;

  private long windowEnd;
  private @Nullable StreamText held;

  /** A merger that appends to {@code log}; {@code nanoTime} is a clock like System's. */
  StreamMerger(OutputLog log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
  }

  /** Appends an entry, or holds it for a moment when it is text. */
  void append(OutputEntry entry) {
    StreamText text = StreamText.of(entry);
    if (text == null) {
      release();
      log.append(entry);
      last = null;
    } else if (last == null || !last.continuesWith(text)) {
      release();
      send(text);
    } else {
      join(text);
    }
  }

  /** Appends what is held. */
  void release() {
    if (held != null) {
      StreamText text = held;
      held = null;
      send(text);
    }
  }

  /** Appends what was held long enough. */
  void releaseDue() {
    if (isOver()) {
      release();
    }
  }

  /** How long the owner may wait before {@link #releaseDue} has something to do. */
  Duration patience(Duration atMost) {
    if (held == null) {
      return atMost;
    }
    Duration left = Duration.ofNanos(Math.max(0, windowEnd - nanoTime.getAsLong()));
    return left.compareTo(atMost) < 0 ? left : atMost;
  }

  private void join(StreamText text) {
    if (held != null && held.size() + text.size() > LIMIT) {
      release();
    }
    if (held != null) {
      held.add(text);
    } else if (isOver() || text.size() >= LIMIT) {
      send(text);
    } else {
      held = text;
    }
  }

  private boolean isOver() {
    return windowEnd - nanoTime.getAsLong() <= 0;
  }

  private void send(StreamText text) {
    log.append(text.entry());
    last = text;
    windowEnd = nanoTime.getAsLong() + WINDOW.toNanos();
  }
}
