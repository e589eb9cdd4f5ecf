package dev.penstock.gateway.rest;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Lets one caller at a time through for each key; others wait. Thread-safe. */
final class Turns<K> {
  private final Map<K, CompletableFuture<Void>> taken = new ConcurrentHashMap<>();

  /** A key that is taken until this is closed. */
  @FunctionalInterface
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits until the key is free, and takes it. */
  Turn take(K key) {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> before = taken.putIfAbsent(key, mine);
    while (before != null) {
      before.join();
      before = taken.putIfAbsent(key, mine);
    }
    return () -> {
      taken.remove(key, mine);
      mine.complete(null);
    };
  }
}
