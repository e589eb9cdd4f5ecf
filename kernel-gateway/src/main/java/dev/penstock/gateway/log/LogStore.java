package dev.penstock.gateway.log;

import dev.penstock.gateway.session.OutputLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output logs of a gateway on disk (docs/output-log.md). Thread-safe. One thread does all
 * writing, deleting and opening, for all logs in turns; readers read files by themselves.
 */
public final class LogStore implements AutoCloseable {
  /** How long after something was said it is written, unless there is much of it. */
  static final Duration WRITE_AFTER = Duration.ofMillis(100);

  private static final Logger LOG = LoggerFactory.getLogger(LogStore.class);

  /** How long the last words of all logs may take at the end. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

  private static final int BUFFER = 256 << 10;

  private final Path root;
  private final Budgets budgets;
  private final ScheduledThreadPoolExecutor writer;
  private final Map<String, DiskLog> live = new ConcurrentHashMap<>();

  /** These three are the writer's. */
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

  private final FormerLogs formers;
  private final DiskBudget budget;

  private LogStore(Path root, Budgets budgets, FormerLogs formers) {
    this.root = root;
    this.budgets = budgets;
    this.formers = formers;
    this.budget = new DiskBudget(budgets, formers, new Compactor(buffer));
    writer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("log-writer").daemon(true).factory());
    writer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Opens a directory of logs, with what a former gateway left there.
   *
   * @param root is made, with mode 0700, if it is missing; one gateway at a time may have it
   * @throws IOException if it cannot be made or listed
   */
  public static LogStore open(Path root, Budgets budgets) throws IOException {
    LogDirectory.makePrivate(root);
    FormerLogs formers = FormerLogs.find(root);
    formers.free(formers.bytes() - budgets.all());
    return new LogStore(root, budgets, formers);
  }

  /**
   * The log of a kernel, for writing. It goes on after what is there: what an earlier worker or
   * gateway left can be read, and numbers go on; after a crash they go on at the next multiple of
   * {@value LogDirectory#LIFE}, since nobody knows which ones were given and lost. The first to be
   * written is {@link OutputLog#next} of what this returns. If the disk fails, the log is in memory
   * only.
   *
   * @throws IllegalStateException if the store is closed
   */
  public OutputLog open(String kernelId) {
    return call(() -> live.computeIfAbsent(kernelId, this::begin));
  }

  private DiskLog begin(String kernelId) {
    LogDirectory directory = LogDirectory.of(root, kernelId);
    formers.remove(directory);
    SegmentFiles files = new SegmentFiles(directory.path(), List.of());
    long next = 0;
    try {
      boolean existed = directory.exists();
      LogDirectory.makePrivate(directory.path());
      files = new SegmentFiles(directory.path(), directory.load());
      next = directory.begin(files.all(), existed);
    } catch (IOException e) {
      // Writing will fail, too, be told, and be tried again: a kernel does not need a log to run.
      LOG.atError().addKeyValue("session", kernelId).setCause(e).log("output log not opened");
    }
    return new DiskLog(
        kernelId,
        files,
        new SegmentAppender(files, buffer, budgets.segment()),
        new LogMemory(next, budgets),
        this::in);
  }

  /**
   * The log of a kernel for reading: a former gateway's or one that was released; a live one as it
   * is. Empty if there is none. Its entries have no {@code to}.
   *
   * @throws IllegalStateException if the store is closed
   */
  public Optional<OutputLog> reopen(String kernelId) {
    return call(() -> {
      DiskLog open = live.get(kernelId);
      LogDirectory directory = LogDirectory.of(root, kernelId);
      if (open != null || !directory.exists()) {
        return Optional.ofNullable(open);
      }
      return Optional.of(new FormerLog(new SegmentFiles(directory.path(), directory.load())));
    });
  }

  /**
   * Ends writing a log: its kernel is over. What it said stays on disk, within the budget of all
   * logs, for {@link #reopen}.
   */
  public void release(String kernelId) {
    call(() -> {
      DiskLog log = live.remove(kernelId);
      if (log != null) {
        finish(kernelId, log);
        formers.add(LogDirectory.of(root, kernelId));
        budget.enforceAll(live.values());
      }
      return null;
    });
  }

  /** Deletes all that a kernel said. Who still reads sees a gap. */
  public void delete(String kernelId) {
    release(kernelId);
    call(() -> {
      LogDirectory directory = LogDirectory.of(root, kernelId);
      formers.remove(directory);
      directory.delete();
      return null;
    });
  }

  /** Writes what all logs hold, and ends writing. */
  @Override
  public void close() {
    try {
      writer.execute(() -> {
        live.forEach(this::finish);
        budget.enforceAll(live.values());
      });
    } catch (RejectedExecutionException e) {
      // Closed before.
      return;
    }
    writer.shutdown();
    try {
      if (!writer.awaitTermination(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.atError().log("the disk is too slow: the end of the output logs is lost");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void finish(String kernelId, DiskLog log) {
    try {
      boolean complete = log.close();
      budget.enforce(log);
      if (complete) {
        LogDirectory.of(root, kernelId).markComplete();
      }
    } catch (IOException e) {
      // The next to open it then leaves numbers out, as after a crash.
      LOG.atWarn().addKeyValue("session", kernelId).setCause(e).log("output log not marked");
    }
  }

  private void in(Duration delay, DiskLog log) {
    try {
      Future<?> _ = writer.schedule(() -> turn(log), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The gateway ends: what is said now is in memory only.
      LOG.atDebug().log("output after the end of its log");
    }
  }

  private void turn(DiskLog log) {
    try {
      log.write();
      budget.enforce(log);
      budget.enforceAll(live.values());
    } catch (RuntimeException | OutOfMemoryError e) {
      // A fault of ours, or a heap full of output: the other logs are written all the same, and
      // this one when more is said.
      LOG.atError().setCause(e).log("output log not written");
    }
  }

  private <T> T call(Callable<T> task) {
    try {
      return writer.submit(task).get();
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the output logs are closed", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("output log: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while an output log was opened or closed", e);
    }
  }
}
