package dev.penstock.gateway.usage;

import dev.penstock.gateway.json.Json;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the content of {@code usage_reply} (ipykernel's extension of the protocol): the worker with
 * all its descendants, and the machine. It looks at the system only, so that a worker that holds
 * the interpreter is measured, too. One at a time: shares are counted from the last call on.
 */
public final class UsageMeter {
  /**
   * From here on a process is measured by its resident size: adding up the shares of its pages
   * would take longer, and what it shares with the zygote does not count any more.
   */
  private static final long LARGE_BYTES = 2L << 30;

  private final HostMeter host = new HostMeter();
  private Map<Long, Duration> lastCpu = Map.of();
  private long lastNanos;

  /**
   * The content of a {@code usage_reply}: {@code hostname}, {@code pid}, {@code cpu_count}; where
   * the system tells them also {@code kernel_cpu} (percent of one processor), {@code kernel_memory}
   * (bytes, shared pages by their share), {@code host_cpu_percent} and {@code host_virtual_memory}.
   *
   * @param pid the worker's process, 0 while there is none
   */
  public ObjectNode content(long pid) {
    ObjectNode content = Json.object().put("pid", pid);
    host.put(content);
    List<ProcessHandle> processes =
        ProcessHandle.of(pid).stream()
            .flatMap(worker -> Stream.concat(Stream.of(worker), worker.descendants()))
            .toList();
    if (!processes.isEmpty()) {
      content.put("kernel_cpu", cpuPercent(processes));
      long memory = processes.stream().mapToLong(p -> memory(p.pid())).sum();
      if (memory > 0) {
        content.put("kernel_memory", memory);
      }
    }
    return content;
  }

  /** Percent with one decimal. */
  static double rounded(double percent) {
    return Math.round(percent * 10) / 10.0;
  }

  private double cpuPercent(List<ProcessHandle> processes) {
    long now = System.nanoTime();
    Map<Long, Duration> cpu = new HashMap<>();
    Duration used = Duration.ZERO;
    for (ProcessHandle process : processes) {
      Duration total = process.info().totalCpuDuration().orElse(Duration.ZERO);
      cpu.put(process.pid(), total);
      used = used.plus(total).minus(lastCpu.getOrDefault(process.pid(), total));
    }
    double percent = lastCpu.isEmpty() ? 0 : 100.0 * used.toNanos() / Math.max(1, now - lastNanos);
    lastCpu = cpu;
    lastNanos = now;
    return rounded(Math.max(0, percent));
  }

  private static long memory(long pid) {
    long resident = ProcFiles.sizes("/proc/" + pid + "/status").getOrDefault("VmRSS", 0L);
    if (resident >= LARGE_BYTES) {
      return resident;
    }
    return ProcFiles.sizes("/proc/" + pid + "/smaps_rollup").getOrDefault("Pss", resident);
  }
}
