package dev.penstock.protocol.zmq;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZMQ;

/**
 * Sends iopub messages to all subscribers, with a bound for each of them.
 *
 * <p>A subscriber that is slow is waited for: {@link #offer} refuses a message while any
 * subscriber's queue is full, and the caller offers the same message again. One that stays full for
 * the whole patience (1 s, with encryption more: {@link Patience}) is stalled: it is passed over,
 * its messages are counted as dropped, and the others get every message, until it has read half of
 * its queue. Then it counts as healthy again.
 *
 * <p>How: with NODROP, JeroMQ's XPUB refuses a message before sending it to anybody when one
 * matching queue is full. For the one message whose patience has ended, NODROP is switched off;
 * JeroMQ then sends to all but the full ones and takes those out of its list of active subscribers
 * until they have read. Nothing is sent while a message is refused, so a subscriber that is still
 * full after the patience has read less than half of its queue in that time.
 *
 * <p>{@link #offer} is for the owner thread of the sockets; the counters are for any thread.
 */
public final class Publisher {

  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private final ZMQ.Socket xpub;
  private final Subscribers subscribers;
  private final Patience patience;

  private boolean refusing;
  private long missed;
  private long refusedSince;

  // Written by the owner thread, read by any.
  private volatile long dropped;
  private volatile int stalled;
  private volatile int connected;

  Publisher(ZMQ.Socket xpub, Patience patience) {
    this.xpub = xpub;
    this.subscribers = new Subscribers(xpub);
    this.patience = patience;
    xpub.setXpubNoDrop(true);
  }

  /**
   * Sends a message to all subscribers of its topic, or to nobody.
   *
   * @param frames topic first
   * @return false if nothing was sent because a healthy subscriber is full now: call {@link
   *     KernelSockets#poll} (which then returns within 1 ms) and offer the same message again
   */
  public boolean offer(List<byte[]> frames) {
    if (Frames.send(xpub, frames) != Frames.Sent.YES) {
      if (isPatient()) {
        return false;
      }
      passOverFull(frames);
    }
    patience.sent(frames);
    refusing = false;
    refresh();
    missed += stalled;
    dropped = missed;
    return true;
  }

  /**
   * Messages that stalled subscribers missed, summed over the subscribers; also those that found a
   * subscriber just leaving.
   */
  public long dropped() {
    return dropped;
  }

  /** Subscribers that are passed over now. */
  public int stalled() {
    return stalled;
  }

  /** Connected subscribers, stalled ones too. */
  public int subscribers() {
    return connected;
  }

  /** Whether the last offered message was refused and waits to be offered again. */
  boolean isRefusing() {
    return refusing;
  }

  /** Brings the numbers of subscribers up to date; owner thread. */
  void refresh() {
    connected = subscribers.connected();
    stalled = subscribers.passedOver();
  }

  private boolean isPatient() {
    long now = System.nanoTime();
    if (!refusing) {
      refusing = true;
      refusedSince = now;
    }
    return now - refusedSince < patience.nanos();
  }

  private void passOverFull(List<byte[]> frames) {
    xpub.setXpubNoDrop(false);
    try {
      Frames.send(xpub, frames);
    } finally {
      xpub.setXpubNoDrop(true);
    }
    LOG.warn(
        "iopub: {} of {} subscribers do not read; their messages are dropped until they do",
        subscribers.passedOver(),
        subscribers.connected());
  }
}
