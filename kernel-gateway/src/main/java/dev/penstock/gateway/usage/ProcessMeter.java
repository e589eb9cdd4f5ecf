package dev.penstock.gateway.usage;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a process and all that descend from it use. Whoever looks again within {@link #FRESH} is
 * told the same, so that many watchers cost as much as one: adding up the pages of a process takes
 * a millisecond and more. One at a time.
 */
final class ProcessMeter {
  /** As long as a measured share of a processor needs to mean something. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /**
   * From here on a process is measured by its resident size: adding up the shares of its pages
   * would take longer, and what it shares with the zygote does not count any more.
   */
  private static final long LARGE_BYTES = 2L << 30;

  private final long pid;
  private Map<Long, Duration> lastCpu = Map.of();
  private KernelUsage.@Nullable Sample last;
  private long lastNanos;

  ProcessMeter(long pid) {
    this.pid = pid;
  }

  long pid() {
    return pid;
  }

  /** Null if there is no such process. */
  KernelUsage.@Nullable Sample usage() {
    long now = System.nanoTime();
    if (last == null || now - lastNanos > FRESH.toNanos()) {
      List<ProcessHandle> processes = processes();
      last =
          processes.isEmpty()
              ? null
              : new KernelUsage.Sample(cpuPercent(processes, now), memory(processes));
      lastNanos = now;
    }
    return last;
  }

  private List<ProcessHandle> processes() {
    List<Long> family = ProcFiles.family(pid);
    if (family != null) {
      return family.stream().flatMap(one -> ProcessHandle.of(one).stream()).toList();
    }
    return ProcessHandle.of(pid).stream()
        .flatMap(first -> Stream.concat(Stream.of(first), first.descendants()))
        .toList();
  }

  private double cpuPercent(List<ProcessHandle> processes, long now) {
    Map<Long, Duration> cpu = new HashMap<>();
    Duration used = Duration.ZERO;
    for (ProcessHandle process : processes) {
      Duration total = process.info().totalCpuDuration().orElse(Duration.ZERO);
      cpu.put(process.pid(), total);
      used = used.plus(total).minus(lastCpu.getOrDefault(process.pid(), total));
    }
    double percent = lastCpu.isEmpty() ? 0 : 100.0 * used.toNanos() / Math.max(1, now - lastNanos);
    lastCpu = cpu;
    return UsageMeter.rounded(Math.max(0, percent));
  }

  private static long memory(List<ProcessHandle> processes) {
    return processes.stream().mapToLong(process -> memory(process.pid())).sum();
  }

  private static long memory(long pid) {
    long resident = ProcFiles.sizes("/proc/" + pid + "/status").getOrDefault("VmRSS", 0L);
    if (resident >= LARGE_BYTES) {
      return resident;
    }
    return ProcFiles.sizes("/proc/" + pid + "/smaps_rollup").getOrDefault("Pss", resident);
  }
}
