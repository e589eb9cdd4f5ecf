package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Client;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An output log whose end is in memory and whose rest is in files. Thread-safe.
 *
 * <p>The owner of the session appends to memory. One thread ({@link LogStore}) writes what is there
 * to the disk, shortly after. When it falls behind by half a budget, {@link #hasRoom} asks for
 * patience; by more than a budget, {@link #append} waits for it, a little while; when it then is
 * behind by twice as much for longer, or the disk fails, entries that no door needs are given up
 * unwritten, and readers see a gap.
 */
final class DiskLog implements OutputLog {
  private static final Logger LOG = LoggerFactory.getLogger(DiskLog.class);

  /** How long a disk that failed is left alone. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final String kernelId;
  private final SegmentFiles files;
  private final SegmentAppender appender;
  private final LogMemory memory;
  private final WriterQueue queue;

  /** Whether it was told that the disk fails. The writer's thread only. */
  private boolean reported;

  /** How a log asks for the writer's turn: {@link DiskLog#write} is then called on its thread. */
  interface WriterQueue {
    void in(Duration delay, DiskLog log);
  }

  DiskLog(
      String kernelId,
      SegmentFiles files,
      SegmentAppender appender,
      LogMemory memory,
      WriterQueue queue) {
    this.kernelId = kernelId;
    this.files = files;
    this.appender = appender;
    this.memory = memory;
    this.queue = queue;
  }

  SegmentFiles files() {
    return files;
  }

  /** The number from which on a door still has to deliver. */
  long needed() {
    return memory.needed();
  }

  @Override
  public long append(OutputEntry entry) {
    LogMemory.Added added = memory.add(entry);
    if (added.stalled()) {
      LOG.atError()
          .addKeyValue("session", kernelId)
          .log("the disk does not keep up: parts of the output log are lost");
    }
    if (added.writeIn() != null) {
      queue.in(added.writeIn(), this);
    }
    return added.seq();
  }

  @Override
  public boolean hasRoom() {
    return memory.hasRoom();
  }

  @Override
  public long next() {
    return memory.next();
  }

  @Override
  public boolean await(long seq, Duration limit) throws InterruptedException {
    return memory.await(seq, limit);
  }

  @Override
  public @Nullable OutputEntry get(long seq) {
    LogMemory.Found found = memory.find(seq);
    if (found.logged() != null) {
      return found.logged().entry();
    }
    OutputEntry entry = found.earlier() ? files.get(seq) : null;
    Client to = found.to();
    return entry == null || to == null ? entry : entry.sentTo(to);
  }

  @Override
  public Slice read(long from, int limit) {
    Stretch stretch = new Stretch(from, limit);
    long inMemory = memory.copyTo(stretch);
    while (!stretch.full() && stretch.next() < inMemory) {
      files.copyTo(stretch, inMemory);
      inMemory = memory.copyTo(stretch);
    }
    return stretch.slice();
  }

  @Override
  public void trim(long needed) {
    memory.trim(needed);
  }

  /** Writes some of what the disk does not have. On the writer's thread only. */
  void write() {
    List<Logged> batch = memory.batch();
    if (batch.isEmpty()) {
      return;
    }
    Duration again;
    try {
      appender.append(batch);
      again = memory.written(files.next());
      if (reported) {
        reported = false;
        LOG.atInfo().addKeyValue("session", kernelId).log("the output log is written again");
      }
    } catch (IOException e) {
      // No room, or a broken disk: the session goes on with what fits into memory.
      again = RETRY;
      memory.failed(files.next());
      report(e);
    }
    if (again != null) {
      queue.in(again, this);
    }
  }

  private void report(IOException failure) {
    if (!reported) {
      reported = true;
      LOG.atError()
          .addKeyValue("session", kernelId)
          .addKeyValue("reason", failure.toString())
          .log("the output log cannot be written: what does not fit into memory is lost");
    }
  }

  /**
   * Writes all there is and ends writing: what is appended later stays in memory, within its
   * budget. On the writer's thread only.
   *
   * @return whether all that was said until now is on disk
   */
  boolean close() {
    long left = memory.unwrittenBytes();
    long before = Long.MAX_VALUE;
    while (left > 0 && left < before) {
      write();
      before = left;
      left = memory.unwrittenBytes();
    }
    memory.close();
    try {
      appender.close();
    } catch (IOException e) {
      // What was flushed is in the file all the same.
      LOG.atDebug().setCause(e).log("closing a segment");
    }
    return files.next() == memory.next();
  }
}
