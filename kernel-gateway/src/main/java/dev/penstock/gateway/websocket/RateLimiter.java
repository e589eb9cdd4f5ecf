package dev.penstock.gateway.websocket;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Which outputs a client does not get because there are too many (WS-35). The times are those of
 * the log: a client that is slow, or comes back, loses no more than others. For one thread.
 */
final class RateLimiter {
  /** What keeps the state of a client right is never dropped. */
  private static final Set<String> EXEMPT = Set.of("status", "comm_open", "execute_input");

  /** Below this share of a limit, sending is resumed. */
  private static final double HEADROOM = 0.8;

  private final RateLimits limits;
  private final Deque<Counted> window = new ArrayDeque<>();
  private long bytes;
  private boolean tooMany;
  private boolean tooMuch;

  private record Counted(Instant until, long bytes) {}

  /**
   * What becomes of an output.
   *
   * @param sent whether the client gets it
   * @param notices texts that the client is told before that
   */
  record Verdict(boolean sent, List<String> notices) {
    static final Verdict SENT = new Verdict(true, List.of());
  }

  RateLimiter(RateLimits limits) {
    this.limits = limits;
  }

  /** Counts the next output, and judges it. */
  Verdict next(Logged logged) {
    OutputEntry entry = logged.entry();
    if (limits.areOff() || entry.channel() != Channel.IOPUB) {
      return Verdict.SENT;
    }
    if (isIdle(entry)) {
      window.clear();
      bytes = 0;
      tooMany = false;
      tooMuch = false;
    }
    if (EXEMPT.contains(entry.msgType())) {
      return Verdict.SENT;
    }
    return judge(logged.at(), entry.msgType().equals("stream") ? size(entry) : 0);
  }

  private Verdict judge(Instant at, long size) {
    while (!window.isEmpty() && !at.isBefore(window.getFirst().until)) {
      bytes -= window.removeFirst().bytes;
    }
    window.addLast(new Counted(at.plus(limits.window()), size));
    bytes += size;
    boolean hadMany = tooMany;
    boolean hadMuch = tooMuch;
    tooMany = exceeds(window.size(), limits.messages(), hadMany);
    tooMuch = exceeds(bytes, limits.bytes(), hadMuch);
    List<String> notices = new ArrayList<>();
    if (tooMany && !hadMany) {
      notices.add(text("message", "iopub-msg-rate-limit", limits.messages(), "messages"));
    }
    if (tooMuch && !hadMuch) {
      notices.add(text("data", "iopub-data-rate-limit", limits.bytes(), "bytes"));
    }
    if (!tooMany && !tooMuch) {
      return Verdict.SENT;
    }
    bytes -= window.removeLast().bytes; // what is not sent does not count
    return new Verdict(false, notices);
  }

  private boolean exceeds(long count, long limit, boolean before) {
    double rate = count * 1000.0 / limits.window().toMillis();
    return limit > 0 && (rate > limit || (before && rate >= HEADROOM * limit));
  }

  private String text(String what, String option, long limit, String unit) {
    return """

    IOPub %s rate exceeded.
    Penstock stops sending output to this client for a while; the kernel's log has all of it.
    The limit is set by --%s=%d (%s a second), over --rate-limit-window=%d (seconds).
    """
        .formatted(what, option, limit, unit, limits.window().toSeconds());
  }

  private static boolean isIdle(OutputEntry entry) {
    if (!entry.msgType().equals("status")) {
      return false;
    }
    try {
      return "idle".equals(Json.text(Json.readObject(entry.content()), "execution_state"));
    } catch (JsonLineException e) {
      return false; // a kernel's mistake, passed on as it is
    }
  }

  private static long size(OutputEntry entry) {
    return (long) entry.header().length
        + entry.parentHeader().length
        + entry.metadata().length
        + entry.content().length;
  }
}
