package dev.penstock.gateway.tally;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** How often something took how long. Thread-safe; the counts of a snapshot may differ by one. */
public final class Histogram {
  /** Upper bounds in seconds: from a message's way through the gateway to a long computation. */
  private static final List<Double> BOUNDS =
      List.of(
          0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0,
          2.5, 5.0, 10.0, 60.0, 600.0, 3600.0);

  private final List<LongAdder> counts = BOUNDS.stream().map(_ -> new LongAdder()).toList();
  private final LongAdder all = new LongAdder();
  private final DoubleAdder sum = new DoubleAdder();

  /**
   * A snapshot.
   *
   * @param buckets cumulative, as Prometheus has them
   * @param sum in seconds
   */
  public record Snapshot(List<Bucket> buckets, long count, double sum) {}

  /**
   * How often it took at most this long.
   *
   * @param bound in seconds
   */
  public record Bucket(double bound, long count) {}

  /** Counts one. */
  public void add(Duration time) {
    double seconds = Math.max(0, time.toNanos() / 1e9);
    for (int i = 0; i < counts.size(); i++) {
      if (seconds <= BOUNDS.get(i)) {
        counts.get(i).increment();
        break;
      }
    }
    all.increment();
    sum.add(seconds);
  }

  /** What was counted so far. */
  public Snapshot snapshot() {
    List<Bucket> buckets = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < counts.size(); i++) {
      total += counts.get(i).sum();
      buckets.add(new Bucket(BOUNDS.get(i), total));
    }
    return new Snapshot(buckets, Math.max(total, all.sum()), sum.sum());
  }
}
