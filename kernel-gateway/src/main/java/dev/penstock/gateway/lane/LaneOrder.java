package dev.penstock.gateway.lane;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where the link's reader and the two lane readers meet: what a lane held before marker m is
 * delivered before frame m, what came after it after frame m.
 *
 * <p>A lane waits for the frame only when more text comes: most markers stand in empty lanes, and a
 * lane's thread that slept would have to be woken for each of them.
 *
 * <p>Thread-safe. The link's reader waits for lanes at most {@link #MAX_WAIT}: someone else may
 * have read the FIFO and taken the marker with it, and output must not hang for that.
 */
public final class LaneOrder {
  private static final Duration MAX_WAIT = Duration.ofSeconds(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition lanesThere = lock.newCondition();
  private final Condition frameThere = lock.newCondition();
  private final Map<Lane, Long> reached = new EnumMap<>(Map.of(Lane.OUT, 0L, Lane.ERR, 0L));
  private long delivered;
  private boolean closed;

  /** The marker that the link's reader waits for, 0 when it does not wait. */
  private long awaited;

  /** Lane reader: everything before this marker was delivered. Never waits. */
  void laneReached(Lane lane, long marker) {
    lock.lock();
    try {
      reached.merge(lane, marker, Math::max);
      if (awaited != 0 && allReached(awaited)) {
        lanesThere.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lane reader: returns once the marker's frame was delivered. */
  void awaitFrame(long marker) throws InterruptedException {
    lock.lock();
    try {
      while (!closed && delivered < marker) {
        frameThere.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Link reader: waits until both lanes have reached the marker.
   *
   * @return false if a lane did not within the bound
   */
  public boolean awaitLanes(long marker) throws InterruptedException {
    return awaitLanes(marker, MAX_WAIT);
  }

  boolean awaitLanes(long marker, Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lock();
    try {
      awaited = marker;
      while (!closed && !allReached(marker)) {
        if (left <= 0) {
          return false;
        }
        left = lanesThere.awaitNanos(left);
      }
      return true;
    } finally {
      awaited = 0;
      lock.unlock();
    }
  }

  /** Link reader: the marker's frame was delivered. */
  public void frameDelivered(long marker) {
    lock.lock();
    try {
      delivered = Math.max(delivered, marker);
      frameThere.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** No frame will come any more: nobody waits from now on. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      lanesThere.signalAll();
      frameThere.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean allReached(long marker) {
    for (long lane : reached.values()) {
      if (lane < marker) {
        return false;
      }
    }
    return true;
  }
}
