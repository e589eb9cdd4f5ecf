package dev.penstock.gateway.kernels;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.Request;
import dev.penstock.gateway.tally.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which cells of a kernel wait and run, from its requests and from what it says of them; the times
 * go to the server's tally. Thread-safe.
 */
final class Progress {
  /** More than a notebook has cells; of what is older, the waiting time is not counted. */
  private static final int MOST = 4096;

  private static final Set<String> KNOWN = Set.of("ok", "aborted");

  private final Tally tally;

  /** When requests came, by msg_id. */
  private final Map<String, Long> waiting = latest();

  /** Contents of requests for streams of values that have not begun, by msg_id. */
  private final Map<String, byte[]> streams = latest();

  /** By msg_id of the request; several with subshells. */
  private final Map<String, Running> running = new LinkedHashMap<>();

  private final LongAdder bytes = new LongAdder();
  private long executions;

  Progress(Tally tally) {
    this.tally = tally;
  }

  /** A client's request comes. */
  synchronized void requested(Request request) {
    if (request.header().msgType().equals("execute_request")) {
      waiting.put(request.header().msgId(), System.nanoTime());
    } else if (request.header().msgType().equals("penstock_stream_request")) {
      streams.put(request.header().msgId(), request.message().content());
    }
  }

  /**
   * The kernel says something.
   *
   * @param seq tells its number in the log; asked of few entries
   */
  void said(OutputEntry entry, LongSupplier seq) {
    bytes.add(entry.bytes());
    switch (entry.msgType()) {
      case "execute_input" -> began(entry, seq.getAsLong());
      case "execute_reply" -> ended(entry);
      case "penstock_stream_reply" -> streams(entry, seq.getAsLong());
      case "penstock_stream_done" -> streamed(entry);
      default -> {} // tells nothing of begin or end
    }
  }

  private synchronized void began(OutputEntry entry, long seq) {
    String request = entry.parentMsgId();
    long now = System.nanoTime();
    Long came = waiting.remove(request);
    if (came != null) {
      tally.took(Tally.Stage.QUEUE, Duration.ofNanos(now - came));
    }
    running.put(
        request, new Running(entry.parentHeader(), entry.content(), seq, Instant.now(), now));
  }

  private synchronized void ended(OutputEntry entry) {
    String request = entry.parentMsgId();
    waiting.remove(request);
    Running cell = running.remove(request);
    if (cell != null) {
      tally.took(Tally.Stage.WORKER, Duration.ofNanos(System.nanoTime() - cell.nanos()));
    }
    executions++;
    tally.executed(status(entry.content()));
  }

  /** A stream of values begins (docs/verbs.md), or was refused. */
  private synchronized void streams(OutputEntry entry, long seq) {
    String request = entry.parentMsgId();
    byte[] content = streams.remove(request);
    if (content != null && status(entry.content()).equals("ok")) {
      Instant now = Instant.now();
      running.put(request, new Running(entry.parentHeader(), content, seq, now, System.nanoTime()));
    }
  }

  private synchronized void streamed(OutputEntry entry) {
    running.remove(entry.parentMsgId());
  }

  /** The process is over, and with it what it ran; what waits may be for the next one. */
  synchronized void reset() {
    running.clear();
  }

  /** The cell that runs for the longest time; null if none does. */
  synchronized @Nullable Running running() {
    return running.isEmpty() ? null : running.values().iterator().next();
  }

  /** How many cells were replied to. */
  synchronized long executions() {
    return executions;
  }

  /** Bytes of all that it said. */
  long bytes() {
    return bytes.sum();
  }

  /** One of three words, whatever a kernel says: each is a row for the monitoring. */
  private static String status(byte[] reply) {
    try {
      String status = Json.text(Json.readObject(reply), "status");
      return status != null && KNOWN.contains(status) ? status : "error";
    } catch (JsonLineException e) {
      // Another kernel's mistake: no success, at any rate.
      return "error";
    }
  }

  private static <V> Map<String, V> latest() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MOST;
      }
    };
  }
}
