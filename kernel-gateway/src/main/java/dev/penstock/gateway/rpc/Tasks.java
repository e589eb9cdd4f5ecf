package dev.penstock.gateway.rpc;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one session. They run one after the other, in order, in a thread that is there while
 * one runs. Of those that have ended the oldest are forgotten. Thread-safe.
 */
final class Tasks {
  /** Tasks that are known. */
  static final int MOST = 1000;

  /** Characters of all results that are kept, but for the latest one. */
  static final long MOST_SIZE = 64L << 20;

  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private final Deque<Task> waiting = new ArrayDeque<>();
  private long size;
  private boolean running;

  /**
   * Adds one.
   *
   * @throws RpcException if as many as are known have not ended
   */
  synchronized Task submit(String method, Work work) throws RpcException {
    if (tasks.size() >= MOST && !forgetOne()) {
      throw new RpcException(
          RpcError.of(RpcError.TOO_MANY, "Too many tasks: %d have not ended".formatted(MOST)));
    }
    Task task = new Task(method, work);
    tasks.put(task.id(), task);
    waiting.add(task);
    if (!running) {
      running = true;
      Thread _ = Thread.ofVirtual().name("rpc tasks").start(this::run);
    }
    return task;
  }

  /** The task with this id. */
  synchronized Task find(String id) throws RpcException {
    Task task = tasks.get(id);
    if (task == null) {
      throw new RpcException(RpcError.noTask(id));
    }
    return task;
  }

  /** Cancels it; waits as {@link Task#cancel}. */
  void cancel(Task task) throws InterruptedException {
    boolean queued;
    synchronized (this) {
      queued = waiting.remove(task);
    }
    task.cancel(queued);
  }

  private void run() {
    try {
      for (Task task = next(); task != null; task = next()) {
        task.run();
        ended(task);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; the thread ends
    }
  }

  private synchronized @Nullable Task next() {
    Task task = waiting.poll();
    running = task != null;
    return task;
  }

  private synchronized void ended(Task task) {
    size += task.size();
    while (size - task.size() > MOST_SIZE && forgetOne()) {
      // one more
    }
  }

  /** Forgets the oldest one that has ended; whether there was one. */
  private boolean forgetOne() {
    Iterator<Task> all = tasks.values().iterator();
    while (all.hasNext()) {
      Task task = all.next();
      if (task.state().isEnd()) {
        all.remove();
        size -= task.size();
        return true;
      }
    }
    return false;
  }
}
