package dev.penstock.gateway.session;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All ways into a session. Clients of HTTP and WebSocket hand their requests in from other threads
 * ({@link #submit}) and read the output log by themselves; ZeroMQ's sockets are there only for
 * sessions that somebody reaches that way, and then the owner thread waits in them.
 *
 * <p>{@link #submit} and {@link #wakeup} are for any thread, the rest for the owner.
 */
final class Doorway implements Door {
  private final ConcurrentLinkedQueue<Request> submitted = new ConcurrentLinkedQueue<>();
  private final Semaphore woken = new Semaphore(0);
  private volatile @Nullable Door sockets;

  /** Whether the session is over. Guarded by {@link #submitted}. */
  private boolean shut;

  /** Opens the ZeroMQ door. */
  void open(Door door) {
    sockets = door;
  }

  boolean hasSockets() {
    return sockets != null;
  }

  /** Takes a request of a client; false if the session is over. */
  boolean submit(Request request) {
    synchronized (submitted) {
      if (shut) {
        return false;
      }
      submitted.add(request);
    }
    wakeup();
    return true;
  }

  /** Takes no more requests; hands over those that were taken. */
  void shut(Inbound inbound) {
    synchronized (submitted) {
      shut = true;
    }
    take(inbound);
  }

  @Override
  public void serve(Duration patience, Inbound inbound) {
    take(inbound);
    Duration wait = submitted.isEmpty() ? patience : Duration.ZERO;
    Door open = sockets;
    if (open == null) {
      park(wait);
    } else {
      open.serve(wait, inbound);
    }
    take(inbound);
  }

  private void take(Inbound inbound) {
    for (Request next = submitted.poll(); next != null; next = submitted.poll()) {
      next.handTo(inbound);
    }
  }

  private void park(Duration patience) {
    try {
      boolean _ = woken.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
      woken.drainPermits();
    } catch (InterruptedException e) {
      // Nobody interrupts an owner thread to end it: it is told through its inbox.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void wakeup() {
    Door open = sockets;
    if (open != null) {
      open.wakeup();
    }
    woken.release();
  }

  @Override
  public boolean deliver(OutputLog log) {
    Door open = sockets;
    return open == null || open.deliver(log);
  }

  @Override
  public long position() {
    Door open = sockets;
    return open == null ? Long.MAX_VALUE : open.position();
  }

  @Override
  public void deliverNow(OutputLog log, OutputEntry entry) {
    throw new IllegalStateException("clients are reached by their own recipient");
  }

  @Override
  public void stopHeartbeat() {
    Door open = sockets;
    if (open != null) {
      open.stopHeartbeat();
    }
  }

  @Override
  public void close() {
    Door open = sockets;
    if (open != null) {
      open.close();
    }
  }
}
