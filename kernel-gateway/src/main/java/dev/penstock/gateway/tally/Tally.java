package dev.penstock.gateway.tally;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What all kernels of a server did since it began, also those that are gone. Thread-safe. */
public final class Tally {
  private final Map<String, LongAdder> executions = new ConcurrentHashMap<>();
  private final Map<Stage, Histogram> stages = new EnumMap<>(Stage.class);
  private final Map<Way, Sent> ways = new EnumMap<>(Way.class);
  private final LongAdder missed = new LongAdder();
  private final Map<String, LongAdder> orphaned = new ConcurrentHashMap<>();

  /** Parts of the time that a cell takes. */
  public enum Stage {
    /** From the request's arrival to the cell's begin. */
    QUEUE,
    /** From the cell's begin to its reply. */
    WORKER,
    /** From a message's entry in the log to a connected client's having it. */
    DOOR
  }

  /** Ways by which messages leave that this tally sees. */
  public enum Way {
    WEBSOCKET,
    HTTP
  }

  private record Sent(LongAdder messages, LongAdder bytes) {}

  /** Nothing counted yet. */
  public Tally() {
    for (Stage stage : Stage.values()) {
      stages.put(stage, new Histogram());
    }
    for (Way way : Way.values()) {
      ways.put(way, new Sent(new LongAdder(), new LongAdder()));
    }
  }

  /** A cell was replied to with this status: {@code ok}, {@code error} or {@code aborted}. */
  public void executed(String status) {
    executions.computeIfAbsent(status, _ -> new LongAdder()).increment();
  }

  /** A stage took this long. */
  public void took(Stage stage, Duration time) {
    latency(stage).add(time);
  }

  /** A message left. */
  public void sent(Way way, long bytes) {
    Sent sent = sent(way);
    sent.messages.increment();
    sent.bytes.add(bytes);
  }

  /** So many messages were gone before a client had read them. */
  public void missed(long messages) {
    missed.add(messages);
  }

  /** A cell ended while no client was there; the outcome tells whether its notebook has that. */
  public void orphaned(String outcome) {
    orphaned.computeIfAbsent(outcome, _ -> new LongAdder()).increment();
  }

  /** Cells that ended while no client was there, by outcome. */
  public Map<String, Long> orphaned() {
    return sums(orphaned);
  }

  /** Cells by status. */
  public Map<String, Long> executions() {
    return sums(executions);
  }

  /** How long a stage took. */
  public Histogram latency(Stage stage) {
    return Objects.requireNonNull(stages.get(stage));
  }

  public long messages(Way way) {
    return sent(way).messages.sum();
  }

  public long bytes(Way way) {
    return sent(way).bytes.sum();
  }

  public long missed() {
    return missed.sum();
  }

  private static Map<String, Long> sums(Map<String, LongAdder> adders) {
    Map<String, Long> counts = new TreeMap<>();
    adders.forEach((label, count) -> counts.put(label, count.sum()));
    return counts;
  }

  private Sent sent(Way way) {
    return Objects.requireNonNull(ways.get(way));
  }
}
