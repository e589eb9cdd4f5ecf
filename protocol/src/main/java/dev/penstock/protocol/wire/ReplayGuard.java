package dev.penstock.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Remembers the signatures of received messages and refuses one that comes again, as
 * jupyter_client's {@code Session} does: 65,536 entries, and a random tenth is forgotten when they
 * are full. Not thread-safe: one per owner thread.
 */
public final class ReplayGuard {

  /** Entries kept before a tenth is forgotten (jupyter_client's {@code digest_history_size}). */
  public static final int DEFAULT_CAPACITY = 65_536;

  private static final int CULLED_PART = 10;

  private final int capacity;
  private final RandomGenerator random;
  private final Set<String> seen = new HashSet<>();
  private final List<String> order = new ArrayList<>();

  /** A guard of the default capacity. */
  public ReplayGuard() {
    this(DEFAULT_CAPACITY, RandomGenerator.getDefault());
  }

  ReplayGuard(int capacity, RandomGenerator random) {
    this.capacity = capacity;
    this.random = random;
  }

  /** A guard that remembers nothing, for clients and tests. */
  public static ReplayGuard none() {
    return new ReplayGuard(0, RandomGenerator.getDefault());
  }

  /** Notes a verified signature; false if it was noted before. */
  boolean accept(byte[] signature) {
    if (capacity == 0) {
      return true;
    }
    String entry = new String(signature, StandardCharsets.ISO_8859_1);
    if (!seen.add(entry)) {
      return false;
    }
    order.add(entry);
    if (order.size() > capacity) {
      forget(Math.max(order.size() / CULLED_PART, 1));
    }
    return true;
  }

  int size() {
    return order.size();
  }

  private void forget(int number) {
    for (int i = 0; i < number; i++) {
      int index = random.nextInt(order.size());
      String last = order.removeLast();
      String victim = index == order.size() ? last : order.set(index, last);
      seen.remove(victim);
    }
  }
}
