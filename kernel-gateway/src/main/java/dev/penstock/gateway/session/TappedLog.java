package dev.penstock.gateway.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An output log that also tells at once what is said of single requests, to those who asked for it:
 * they need not read what is said of all others, and miss nothing, however fast the log moves on.
 * Thread-safe.
 */
public final class TappedLog extends ForwardingLog {
  private final Map<String, Tap> taps = new ConcurrentHashMap<>();

  /** Is told what the kernel says of one request. */
  @FunctionalInterface
  public interface Tap {
    /** Takes an entry, in the thread that logs it; must not wait. */
    void said(long seq, OutputEntry entry);
  }

  /** A log over this one, without taps. */
  public TappedLog(OutputLog log) {
    super(log);
  }

  /** Tells the tap all that is said of the request with this msg_id from now on. */
  public void tap(String msgId, Tap tap) {
    taps.put(msgId, tap);
  }

  /** Tells nobody any more of this request. */
  public void untap(String msgId) {
    taps.remove(msgId);
  }

  @Override
  public long append(OutputEntry entry) {
    long seq = super.append(entry);
    if (!taps.isEmpty()) {
      Tap tap = taps.get(entry.parentMsgId());
      if (tap != null) {
        tap.said(seq, entry);
      }
    }
    return seq;
  }
}
