package dev.penstock.gateway.rpc;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.verbs.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** A call that somebody submitted and may ask for as often as he likes. Thread-safe. */
final class Task implements Turn {
  private static final Logger LOG = LoggerFactory.getLogger(Task.class);

  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int TRIES = 10;
  private static final Outcome GONE =
      new Outcome.Failure(RpcError.of(RpcError.CANCELLED, "The task was cancelled"));

  private final String id = UUID.randomUUID().toString();
  private final String method;

  /** Null when it has ended: what it was called with may be large. */
  private @Nullable Work work;

  /** Null until it is sent to the worker. */
  private @Nullable Cancellation cancel;

  private final Instant created = Instant.now();
  private @Nullable Instant started;
  private @Nullable Instant ended;
  private TaskState state = TaskState.WAITING;
  private @Nullable Outcome outcome;
  private long size;
  private boolean cancelled;

  /** Whether the worker knows that it is cancelled, or need not know. */
  private final CountDownLatch known = new CountDownLatch(1);

  /** A task that waits. */
  Task(String method, Work work) {
    this.method = method;
    this.work = work;
  }

  String id() {
    return id;
  }

  synchronized TaskState state() {
    return state;
  }

  /** Runs it, unless it was cancelled before. */
  void run() throws InterruptedException {
    Work wanted;
    synchronized (this) {
      wanted = work;
    }
    if (wanted == null) {
      return;
    }
    Outcome found;
    try {
      found = wanted.run(this);
    } catch (RpcException e) {
      found = new Outcome.Failure(e.error());
    } catch (RuntimeException e) {
      // A fault of ours: whoever asks is told, the log has the stack, the next task runs.
      LOG.atError().setCause(e).log("task failed");
      found = new Outcome.Failure(RpcError.internal());
    }
    end(found);
  }

  @Override
  public void asked(Cancellation toCancel) throws InterruptedException {
    synchronized (this) {
      cancel = toCancel;
      if (!cancelled) {
        return;
      }
      endIt(toCancel);
    }
    known.await(); // so that it never begins
  }

  @Override
  public synchronized void begun() {
    state = TaskState.RUNNING;
    started = Instant.now();
  }

  private synchronized void end(Outcome found) {
    if (found instanceof Outcome.Result) {
      finish(TaskState.DONE, found);
    } else if (cancelled) {
      finish(TaskState.CANCELLED, GONE);
    } else {
      finish(TaskState.FAILED, found);
    }
  }

  private void finish(TaskState last, Outcome found) {
    state = last;
    outcome = found;
    work = null;
    size = found.size();
    ended = Instant.now();
    known.countDown();
    notifyAll();
  }

  /**
   * Ends it, if it has not ended: one that runs is interrupted. Returns when the worker knows: one
   * that had not begun by then never does.
   *
   * @param queued whether it was not handed to the worker: then it never runs
   */
  void cancel(boolean queued) throws InterruptedException {
    synchronized (this) {
      if (state.isEnd()) {
        return;
      }
      boolean first = !cancelled;
      cancelled = true;
      if (queued) {
        finish(TaskState.CANCELLED, GONE);
      } else if (cancel == null) {
        return; // the worker will know before it gets it
      } else if (first) {
        endIt(cancel);
      }
    }
    known.await();
  }

  /** Cancels it until it is over: code can catch an interrupt. */
  private void endIt(Cancellation toCancel) {
    Thread _ = Thread.ofVirtual().name("rpc cancel").start(() -> insist(toCancel));
  }

  private void insist(Cancellation toCancel) {
    try {
      for (int i = 0; i < TRIES && !state().isEnd(); i++) {
        toCancel.tell();
        known.countDown();
        await(AGAIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; the thread ends
    }
  }

  /** Waits for its end, at most this long. */
  synchronized void await(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!state.isEnd()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  /** What came of it; null while it has not ended. */
  synchronized @Nullable Outcome outcome() {
    return outcome;
  }

  /** Characters of what came of it. */
  synchronized long size() {
    return size;
  }

  /** How far it is. */
  synchronized ObjectNode toJson() {
    return Json.object()
        .put("id", id)
        .put("method", method)
        .put("state", state.name().toLowerCase(Locale.ROOT))
        .put("created", created.toString())
        .put("started", started == null ? null : started.toString())
        .put("ended", ended == null ? null : ended.toString());
  }
}
