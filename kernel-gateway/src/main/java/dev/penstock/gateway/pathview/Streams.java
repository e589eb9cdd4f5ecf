package dev.penstock.gateway.pathview;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The latest stream of a session and its readers: each gets everything, none takes anything from
 * another. One that comes later reads from the beginning. Thread-safe.
 */
final class Streams {
  /** As many pages may read one session; of more, those that were quiet for longest start anew. */
  private static final int MOST = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition begun = lock.newCondition();
  private final Map<String, StreamReader> readers =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, StreamReader> eldest) {
          return size() > MOST;
        }
      };
  private @Nullable PathviewStream current;

  /** A new stream; this reader goes on with it at once, others when they have read the former. */
  void begin(PathviewStream stream, String reader) {
    lock.lock();
    try {
      current = stream;
      readers.put(reader, new StreamReader(stream));
      begun.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The stream that was started last; null if none was. */
  @Nullable PathviewStream current() {
    lock.lock();
    try {
      return current;
    } finally {
      lock.unlock();
    }
  }

  /** The kernel was replaced: what it said of streams is of no use. */
  void forget() {
    lock.lock();
    try {
      current = null;
      readers.clear();
    } finally {
      lock.unlock();
    }
  }

  /** What this reader has not seen yet; waits this long for a first message. */
  Batch read(String name, Duration patience) throws InterruptedException {
    StreamReader reader = reader(name, patience);
    return reader == null ? Batch.empty(false) : reader.read(patience);
  }

  /**
   * Its place in the stream that it reads; null if nothing has begun after the one that it read.
   */
  private @Nullable StreamReader reader(String name, Duration patience)
      throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (true) {
        StreamReader reader = readers.get(name);
        if (reader != null && !reader.isOver()) {
          return reader;
        }
        PathviewStream latest = current;
        if (latest != null && (reader == null || !reader.stream().equals(latest))) {
          StreamReader next = new StreamReader(latest);
          readers.put(name, next);
          return next;
        }
        if (left <= 0) {
          return null;
        }
        left = begun.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
