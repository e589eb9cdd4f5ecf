package dev.penstock.gateway.usage;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Processor and memory of this machine. One at a time: it remembers the last look. */
final class HostMeter {
  private static final String NAME = name();

  /** Fields of {@code cpu} in /proc/stat that are idle time: idle and iowait. */
  private static final List<Integer> IDLE = List.of(4, 5);

  /** user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user time already. */
  private static final int CPU_FIELDS = 8;

  private long lastTotal;
  private long lastIdle;

  /** Adds {@code hostname}, {@code cpu_count} and, on Linux, processor share and memory. */
  void put(ObjectNode content) {
    List<String> processors = ProcFiles.lines("/proc/stat");
    content.put("hostname", NAME).put("cpu_count", count(processors));
    Double share = cpuPercent(processors);
    if (share != null) {
      content.put("host_cpu_percent", share);
    }
    Map<String, Long> memory = ProcFiles.sizes("/proc/meminfo");
    if (memory.containsKey("MemTotal")) {
      putMemory(content.putObject("host_virtual_memory"), memory);
    }
  }

  /** All processors of the machine, also those that this JVM may not use. */
  private static long count(List<String> lines) {
    long named =
        lines.stream().filter(line -> line.startsWith("cpu") && !line.startsWith("cpu ")).count();
    return named > 0 ? named : Runtime.getRuntime().availableProcessors();
  }

  /** Busy time since the last look, in percent of all processors; null at the first. */
  private @Nullable Double cpuPercent(List<String> lines) {
    if (lines.isEmpty()) {
      return null;
    }
    String[] words = lines.getFirst().trim().split("\\s+", -1);
    long total = 0;
    long idle = 0;
    for (int i = 1; i <= CPU_FIELDS && i < words.length; i++) {
      long ticks = Long.parseLong(words[i]);
      total += ticks;
      idle += IDLE.contains(i) ? ticks : 0;
    }
    long passed = total - lastTotal;
    long rested = idle - lastIdle;
    boolean first = lastTotal == 0;
    lastTotal = total;
    lastIdle = idle;
    return first || passed <= 0 ? null : UsageMeter.rounded(100.0 * (passed - rested) / passed);
  }

  /**
   * The fields that psutil gives, in bytes; {@code used} is what is neither free nor given back.
   */
  private static void putMemory(ObjectNode fields, Map<String, Long> memory) {
    long total = memory.getOrDefault("MemTotal", 0L);
    long available = memory.getOrDefault("MemAvailable", memory.getOrDefault("MemFree", 0L));
    fields
        .put("total", total)
        .put("available", available)
        .put("percent", UsageMeter.rounded(100.0 * (total - available) / Math.max(1, total)))
        .put("used", total - available)
        .put("free", memory.getOrDefault("MemFree", 0L))
        .put("active", memory.getOrDefault("Active", 0L))
        .put("inactive", memory.getOrDefault("Inactive", 0L))
        .put("buffers", memory.getOrDefault("Buffers", 0L))
        .put("cached", memory.getOrDefault("Cached", 0L) + memory.getOrDefault("SReclaimable", 0L))
        .put("shared", memory.getOrDefault("Shmem", 0L))
        .put("slab", memory.getOrDefault("Slab", 0L));
  }

  private static String name() {
    List<String> lines = ProcFiles.lines("/proc/sys/kernel/hostname");
    if (!lines.isEmpty()) {
      return lines.getFirst();
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // A machine whose own name is not known to its resolver.
      return "localhost";
    }
  }
}
