package dev.penstock.gateway.contents;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/** One writer at a time for each file, by the key of its place; some files share a lock. */
final class Locks {
  private static final int COUNT = 64;

  private final ReentrantLock[] locks = new ReentrantLock[COUNT];

  Locks() {
    for (int i = 0; i < COUNT; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  <T> T locked(Place place, Errors.Work<T> work) throws IOException, ContentsException {
    ReentrantLock lock = locks[Math.floorMod(place.key().hashCode(), COUNT)];
    lock.lock();
    try {
      return work.run();
    } finally {
      lock.unlock();
    }
  }
}
