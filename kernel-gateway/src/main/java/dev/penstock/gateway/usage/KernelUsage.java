package dev.penstock.gateway.usage;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * What kernels use of this machine, for everybody who looks: whoever looks again within {@link
 * #FRESH} is told the same, so that many watchers cost as much as one. Thread-safe.
 */
public final class KernelUsage {
  /** As long as a measured share of a processor needs to mean something. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Map<String, Watched> kernels = new HashMap<>();

  /**
   * A kernel with all its processes.
   *
   * @param cpuPercent of one processor, since the look before; 0 at the first
   * @param memory in bytes, shared pages by their share; 0 where the system does not tell
   */
  public record Sample(double cpuPercent, long memory) {}

  private static final class Watched {
    private final long pid;
    private final UsageMeter meter = new UsageMeter();
    private Sample last = new Sample(0, 0);
    private long measured;

    Watched(long pid) {
      this.pid = pid;
      measure();
    }

    void measure() {
      ObjectNode usage = meter.content(pid);
      last =
          new Sample(usage.path("kernel_cpu").asDouble(0), usage.path("kernel_memory").asLong(0));
      measured = System.nanoTime();
    }
  }

  /**
   * What a kernel uses.
   *
   * @param pid its process; 0 while there is none
   */
  public synchronized Sample of(String id, long pid) {
    if (pid == 0) {
      kernels.remove(id);
      return new Sample(0, 0);
    }
    Watched known = kernels.get(id);
    if (known == null || known.pid != pid) {
      known = new Watched(pid);
      kernels.put(id, known);
    } else if (System.nanoTime() - known.measured > FRESH.toNanos()) {
      known.measure();
    }
    return known.last;
  }

  /** Forgets all kernels but these. */
  public synchronized void retain(Set<String> ids) {
    kernels.keySet().retainAll(ids);
  }
}
