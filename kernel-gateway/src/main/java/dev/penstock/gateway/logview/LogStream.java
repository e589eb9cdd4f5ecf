package dev.penstock.gateway.logview;

import dev.penstock.gateway.kernels.Tracebacks;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.tally.Tally;
import java.io.IOException;
import java.time.Duration;

/**
 * Reads a kernel's log for one call and writes what was asked for; follows it until the client goes
 * or the kernel is gone. A client that does not read holds up nothing but its own thread.
 */
final class LogStream {
  private static final int BATCH = 256;

  /** How long a quiet log is waited for before the kernel's end is looked at. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Proxies end connections that are silent for longer, often after 30 s or a minute. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final LogSource source;
  private final LogQuery query;
  private final Tracebacks tracebacks;
  private final LogWriter writer;
  private long next;
  private long left;
  private long written = System.nanoTime();

  LogStream(LogSource source, LogQuery query, Tracebacks tracebacks, LogWriter writer) {
    this.tracebacks = tracebacks;
    this.source = source;
    this.query = query;
    this.writer = writer;
    this.next = query.from();
    this.left = query.limit();
  }

  /** Writes all of it. */
  void run() throws IOException, InterruptedException {
    // Without following, a kernel that speaks faster than the client reads has an end, too.
    long end = query.follow() ? Long.MAX_VALUE : source.log().next();
    writer.begin();
    while (left > 0 && next < end) {
      // Looked at first: all that it said before its end is read after that.
      boolean gone = source.over().getAsBoolean();
      if (!step(end)) {
        if (gone || !query.follow()) {
          break;
        }
        await();
      }
    }
    writer.end(next);
    writer.flush();
  }

  /** Writes the next entries; false if there are none yet. */
  private boolean step(long end) throws IOException {
    long before = next;
    OutputLog.Slice slice = source.log().read(next, BATCH);
    if (slice.first() > next) {
      writer.lost(next, slice.first() - next);
    }
    for (Logged logged : slice.entries()) {
      if (left == 0 || logged.seq() >= end) {
        return true;
      }
      next = logged.seq() + 1;
      write(logged);
    }
    next = slice.next();
    return next > before;
  }

  private void write(Logged logged) throws IOException {
    LogEntry entry = LogEntry.of(logged, source.cells());
    if (entry != null && entry.answers(query)) {
      byte[] json = entry.json(tracebacks);
      writer.entry(logged.seq(), json);
      source.tally().sent(Tally.Way.HTTP, json.length);
      written = System.nanoTime();
      left--;
    }
  }

  /** Waits until there is more, or it is time to look at the kernel. */
  private void await() throws IOException, InterruptedException {
    writer.flush();
    boolean more = source.log().await(next, LOOK);
    if (!more && System.nanoTime() - written > HEARTBEAT.toNanos()) {
      writer.idle();
      written = System.nanoTime();
    }
  }
}
