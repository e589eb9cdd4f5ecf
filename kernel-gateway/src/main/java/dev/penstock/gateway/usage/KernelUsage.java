package dev.penstock.gateway.usage;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What kernels use of this machine, for everybody who looks. Thread-safe. */
public final class KernelUsage {
  private final Map<String, ProcessMeter> kernels = new HashMap<>();

  /**
   * A kernel with all its processes, at most a second ago.
   *
   * @param cpuPercent of one processor, since the look before; 0 at the first
   * @param memory in bytes, shared pages by their share; 0 where the system does not tell
   */
  public record Sample(double cpuPercent, long memory) {
    private static final Sample NOTHING = new Sample(0, 0);
  }

  /**
   * What a kernel uses.
   *
   * @param pid its process; 0 while there is none
   */
  public synchronized Sample of(String id, long pid) {
    if (pid == 0) {
      kernels.remove(id);
      return Sample.NOTHING;
    }
    ProcessMeter meter = kernels.get(id);
    if (meter == null || meter.pid() != pid) {
      meter = new ProcessMeter(pid);
      kernels.put(id, meter);
    }
    Sample usage = meter.usage();
    return usage == null ? Sample.NOTHING : usage;
  }

  /** Forgets all kernels but these. */
  public synchronized void retain(Set<String> ids) {
    kernels.keySet().retainAll(ids);
  }
}
