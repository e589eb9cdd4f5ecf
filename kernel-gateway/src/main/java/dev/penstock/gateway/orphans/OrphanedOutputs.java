package dev.penstock.gateway.orphans;

import dev.penstock.gateway.contents.Contents;
import dev.penstock.gateway.contents.ContentsException;
import dev.penstock.gateway.kernels.Execution;
import dev.penstock.gateway.kernels.Kernel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes outputs of cells that end while no client is there into their notebooks
 * (docs/closed-tabs.md). One thread does it, in the order in which the cells ended. Thread-safe.
 */
public final class OrphanedOutputs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanedOutputs.class);

  /** What ended before the server was told to stop is still written, on a disk that answers. */
  private static final Duration END_LIMIT = Duration.ofSeconds(4);

  private static final int NOT_FOUND = 404;

  private final Documents documents;
  private final Contents contents;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("orphaned-outputs").factory());

  /** Writes into notebooks of these contents. */
  public OrphanedOutputs(Documents documents, Contents contents) {
    this.documents = documents;
    this.contents = contents;
  }

  /** A cell was executed to its end. Does not wait. */
  public void executed(Kernel kernel, Execution execution) {
    if (kernel.connections() > 0) {
      return;
    }
    // Now: a session can be deleted in the next moment.
    List<String> paths = documents.of(kernel);
    try {
      writer.execute(() -> write(kernel, execution, paths));
    } catch (RejectedExecutionException e) {
      // The server ends, and the cell with it: the log keeps what it said.
      LOG.atDebug().addKeyValue("kernel", kernel.id()).log("outputs stay in the log");
    }
  }

  private void write(Kernel kernel, Execution execution, List<String> paths) {
    Outcome outcome;
    try {
      CellRun run = CellRun.read(kernel.log(), execution);
      if (run == null) {
        return;
      }
      outcome = write(execution, run, paths);
    } catch (UnwrittenException e) {
      outcome = e.outcome();
    } catch (RuntimeException e) {
      // A fault of ours must not end the thread that the next cells need.
      LOG.atError().addKeyValue("kernel", kernel.id()).setCause(e).log("outputs not written");
      outcome = Outcome.FAILED;
    }
    kernel.tally().orphaned(outcome.label());
    if (outcome == Outcome.SAVED) {
      LOG.atInfo().addKeyValue("kernel", kernel.id()).log("outputs written: no client was there");
    } else {
      LOG.atWarn()
          .addKeyValue("kernel", kernel.id())
          .addKeyValue("cell", execution.cellId())
          .addKeyValue("reason", outcome.reason())
          .log("outputs of a cell stay in the log: no client was there");
    }
  }

  /** Into the first of the notebooks that has the cell as it ran. */
  private Outcome write(Execution execution, CellRun run, List<String> paths) {
    Outcome outcome = Outcome.NO_NOTEBOOK;
    for (String path : paths) {
      Outcome here = write(execution, run, path);
      if (here == Outcome.SAVED) {
        return here;
      }
      outcome = here.compareTo(outcome) > 0 ? here : outcome;
    }
    return outcome;
  }

  private Outcome write(Execution execution, CellRun run, String path) {
    CellChange change = new CellChange(execution, run, () -> documents.isHeld(path));
    try {
      return contents.updateNotebook(path, change) ? Outcome.SAVED : change.outcome();
    } catch (ContentsException e) {
      LOG.atDebug().setCause(e).log("notebook not written");
      return e.status() == NOT_FOUND ? Outcome.NO_NOTEBOOK : Outcome.FAILED;
    }
  }

  /** Writes what waits, and takes no more. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("outputs stay in the log: their notebooks could not be written in time");
      }
    } catch (InterruptedException e) {
      // Only a JVM that ends interrupts this; a file is never left half written.
      Thread.currentThread().interrupt();
    }
  }
}
