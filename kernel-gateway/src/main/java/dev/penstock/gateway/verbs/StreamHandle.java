package dev.penstock.gateway.verbs;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One stream of values. Any number of readers read what it says, each from a position of its own,
 * as often as they like; if it waits for its reader, for the one who is furthest. A reader who is
 * slower than the log may miss values, which it is told, but never the end. Thread-safe.
 */
public final class StreamHandle {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int BATCH = 256;

  /** Size of what one reading brings, in bytes of log entries; what is larger comes alone. */
  private static final long MOST_BYTES = 8 << 20;

  private final Verbs verbs;
  private final OutputLog log;
  private final String id;
  private final long from;
  private final Told told;
  private final BooleanSupplier ended;
  private final Pace pace;

  StreamHandle(
      Verbs verbs,
      OutputLog log,
      String id,
      long from,
      Told told,
      BooleanSupplier ended,
      int pace) {
    this.verbs = verbs;
    this.log = log;
    this.id = id;
    this.from = from;
    this.told = told;
    this.ended = ended;
    this.pace =
        new Pace(pace, number -> verbs.say("penstock_stream_read", number.put("stream", id)));
  }

  /** The msg_id of the request that started it. */
  public String id() {
    return id;
  }

  /** The position from which on it says something. */
  public long from() {
    return from;
  }

  /**
   * What it says from a position on: at once what is there, else the first message that comes.
   *
   * @param position {@link #from} or the {@code next} of an earlier slice
   * @param most how many entries of the kernel's log to look at
   * @param patience how long to wait for a first message
   */
  public StreamSlice read(long position, int most, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Reading reading = new Reading(position);
    while (true) {
      // Before the log is read: then all that they speak of is in what is read.
      boolean last = ended.getAsBoolean();
      Told.End end = told.end();
      long values = told.values();
      boolean caughtUp = reading.on(Math.clamp(most - reading.looked, 1, BATCH));
      if (reading.over || (end != null && reading.next > end.seq())) {
        return reading.ended(end == null ? List.of() : end.messages());
      }
      if (caughtUp && last) {
        return reading.ended(
            List.of(new StreamMessage.Failed(VerbError.ended()), new StreamMessage.Done("error")));
      }
      // Who has caught up has read all, or it is lost.
      pace.read(caughtUp ? values : reading.number);
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      boolean nothingNew = caughtUp && (!reading.messages.isEmpty() || !left.isPositive());
      if (nothingNew || reading.looked >= most || reading.bytes >= MOST_BYTES) {
        return reading.slice();
      }
      if (caughtUp) {
        Duration wait = pace.patience(LOOK);
        boolean _ = log.await(reading.next, left.compareTo(wait) < 0 ? left : wait);
      }
    }
  }

  /**
   * Asks it to stop after the step that runs, whose value is still sent, and {@code Done}.
   *
   * @return why it cannot be asked: it has ended, or its kernel has; null if it was
   */
  public @Nullable VerbError stop() throws InterruptedException {
    return verbs.tell("penstock_stream_stop_request", Json.object().put("stream", id));
  }

  /**
   * Has code executed before its next step. What that writes, and its errors, are among what the
   * stream says.
   *
   * @return why it will not be; null if it will
   */
  public @Nullable VerbError execute(String code) throws InterruptedException {
    return verbs.tell(
        "penstock_stream_exec_request", Json.object().put("stream", id).put("code", code));
  }

  /** One reading, as far as it came. */
  private final class Reading {
    private final List<StreamMessage> messages = new ArrayList<>();
    private long next;
    private long lost;
    private long number;
    private long bytes;
    private int looked;
    private boolean over;

    Reading(long position) {
      next = position;
    }

    /** Reads on; whether there was nothing more. */
    boolean on(int most) {
      OutputLog.Slice slice = log.read(next, most);
      lost += slice.first() - next;
      next = slice.first();
      for (Logged logged : slice.entries()) {
        OutputEntry entry = logged.entry();
        boolean own = Said.isAbout(entry, id);
        if (own && bytes > 0 && bytes + entry.bytes() > MOST_BYTES) {
          bytes = MOST_BYTES;
          return false;
        }
        looked++;
        next = logged.seq() + 1;
        if (own) {
          take(entry);
        }
      }
      next = slice.next();
      return slice.entries().isEmpty();
    }

    private void take(OutputEntry entry) {
      bytes += entry.bytes();
      ObjectNode content = Said.content(entry);
      messages.addAll(Said.ofStream(entry, content));
      if (entry.msgType().equals("penstock_stream_data")) {
        number = content.path("number").asLong(0);
      }
      over = !messages.isEmpty() && messages.getLast() instanceof StreamMessage.Done;
    }

    /** The end is known, with these messages, unless it was read. */
    StreamSlice ended(List<StreamMessage> end) {
      if (!over) {
        end.stream().filter(message -> !messages.contains(message)).forEach(messages::add);
      }
      return new StreamSlice(messages, next, lost, true);
    }

    StreamSlice slice() {
      return new StreamSlice(messages, next, lost, false);
    }
  }
}
