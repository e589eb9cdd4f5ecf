package dev.penstock.gateway.kernels;

import dev.penstock.gateway.json.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * What each process of a kernel may use.
 *
 * @param memory bytes of it and of its children together (docs/limits.md); 0 for what the server
 *     gives
 * @param cpu seconds of processor time, after which the system ends it (RLIMIT_CPU); 0 for any
 */
public record LifeLimits(long memory, long cpu) {
  /** No limits but the server's own. */
  public static final LifeLimits NONE = new LifeLimits(0, 0);

  /** Whether there are none. */
  public boolean areNone() {
    return memory == 0 && cpu == 0;
  }

  /** Adds them to a start request; limits of the server's that are lower stay. */
  void addTo(ObjectNode request) {
    if (memory > 0) {
      ObjectNode limits = Json.child(request, "limits");
      long server = Json.integer(limits, "memory", Long.MAX_VALUE);
      request.set("limits", limits.put("memory", Math.min(memory, server)));
    }
    if (cpu > 0) {
      ObjectNode limits = Json.child(request, "rlimits");
      long server = limits.path("RLIMIT_CPU").path(0).asLong(-1);
      long least = server > 0 ? Math.min(cpu, server) : cpu;
      limits.putArray("RLIMIT_CPU").add(least).add(least);
      request.set("rlimits", limits);
    }
  }
}
