package dev.penstock.gateway.websocket;

import dev.penstock.gateway.kernels.Kernel;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The clients of all kernels, by kernel and {@code session_id}. Thread-safe. */
public final class RemoteClients {
  /** How long a client that is away can come back to where it was. */
  private static final Duration KEPT = Duration.ofHours(24);

  private final Map<Key, RemoteClient> clients = new HashMap<>();

  private record Key(Kernel kernel, String sessionId) {}

  /**
   * The client with this id, a new one if there is none.
   *
   * @param sessionId null for one that did not say, and so cannot come back
   */
  synchronized RemoteClient find(Kernel kernel, @Nullable String sessionId) {
    if (sessionId == null) {
      return new RemoteClient(kernel, UUID.randomUUID().toString());
    }
    Instant limit = Instant.now().minus(KEPT);
    clients
        .entrySet()
        .removeIf(e -> e.getKey().kernel().gone().isDone() || isOlder(e.getValue(), limit));
    return clients.computeIfAbsent(
        new Key(kernel, sessionId), _ -> new RemoteClient(kernel, sessionId));
  }

  private static boolean isOlder(RemoteClient client, Instant limit) {
    Instant away = client.awaySince();
    return away != null && away.isBefore(limit);
  }
}
