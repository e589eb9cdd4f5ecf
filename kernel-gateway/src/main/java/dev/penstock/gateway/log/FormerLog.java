package dev.penstock.gateway.log;

import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The files of a log that nobody writes any more. Thread-safe. */
final class FormerLog implements OutputLog {
  private final SegmentFiles files;

  FormerLog(SegmentFiles files) {
    this.files = files;
  }

  @Override
  public long append(OutputEntry entry) {
    throw new UnsupportedOperationException("the log of a kernel that ended is only read");
  }

  @Override
  public long next() {
    return files.next();
  }

  /** Does not wait: nothing more will come. */
  @Override
  public boolean await(long seq, Duration limit) {
    return seq < next();
  }

  @Override
  public @Nullable OutputEntry get(long seq) {
    return files.get(seq);
  }

  @Override
  public Slice read(long from, int limit) {
    Stretch stretch = new Stretch(from, limit);
    files.copyTo(stretch, next());
    return stretch.slice();
  }

  /** Nothing to do: it is on disk within the store's budget. */
  @Override
  public void trim(long needed) {}
}
