package dev.penstock.gateway.metrics;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.tally.Tally;
import dev.penstock.gateway.usage.KernelUsage;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code GET /metrics} (docs/observing.md). Thread-safe. */
public final class MetricsApi {
  private final Kernels kernels;
  private final KernelUsage usage;
  private final boolean listed;
  private final Instant started = Instant.now();

  private record Kind(String state, String kind) {}

  /**
   * Figures of these kernels.
   *
   * @param listed whether kernels may be listed: if not, their ids are not told here either
   */
  public MetricsApi(Kernels kernels, KernelUsage usage, boolean listed) {
    this.kernels = kernels;
    this.usage = usage;
    this.listed = listed;
  }

  /** Adds the path. */
  public void addTo(Routes routes) {
    routes.add("GET", "/metrics", _ -> Answer.of(Exposition.MEDIA_TYPE, expose()));
  }

  private byte[] expose() {
    Exposition out = new Exposition();
    List<Kernel> all = kernels.all();
    putServer(out, all);
    putTally(out, kernels.tally());
    if (listed) {
      putKernels(out, all);
    }
    return out.bytes();
  }

  private void putServer(Exposition out, List<Kernel> all) {
    out.family("penstock_start_time_seconds", "gauge", "When the server began, in Unix time.")
        .sample(started.toEpochMilli() / 1e3);
    Map<Kind, Integer> kinds = new HashMap<>();
    for (Kernel kernel : all) {
      kinds.merge(new Kind(kernel.view().executionState(), kernel.kind()), 1, Integer::sum);
    }
    out.family("penstock_kernels", "gauge", "Kernels by state and kind.");
    kinds.forEach(
        (kind, count) -> out.sample(count, Map.of("state", kind.state, "kind", kind.kind)));
    out.family("penstock_websocket_connections", "gauge", "Open WebSockets.")
        .sample(all.stream().mapToInt(kernel -> kernel.view().connections()).sum());
    Runtime jvm = Runtime.getRuntime();
    out.family("penstock_jvm_heap_used_bytes", "gauge", "Java heap in use.")
        .sample(jvm.totalMemory() - jvm.freeMemory());
    out.family("penstock_jvm_heap_max_bytes", "gauge", "Java heap at most.")
        .sample(jvm.maxMemory());
  }

  private static void putTally(Exposition out, Tally tally) {
    out.family("penstock_executions_total", "counter", "Cells that were replied to, by status.");
    tally.executions().forEach((status, count) -> out.sample(count, Map.of("status", status)));
    out.family("penstock_latency_seconds", "histogram", "Time of a cell or message, by stage.");
    for (Tally.Stage stage : Tally.Stage.values()) {
      out.histogram(tally.latency(stage).snapshot(), "stage", name(stage));
    }
    out.family("penstock_sent_messages_total", "counter", "Messages to clients, by door.");
    for (Tally.Way way : Tally.Way.values()) {
      out.sample(tally.messages(way), Map.of("door", name(way)));
    }
    out.family("penstock_sent_bytes_total", "counter", "Bytes of these messages, by door.");
    for (Tally.Way way : Tally.Way.values()) {
      out.sample(tally.bytes(way), Map.of("door", name(way)));
    }
    out.family(
            "penstock_missed_messages_total",
            "counter",
            "Messages that were gone from the log before a slow or absent client had read them.")
        .sample(tally.missed());
    out.family(
        "penstock_orphaned_executions_total",
        "counter",
        "Cells that ended while no client was there, by what became of their outputs.");
    tally.orphaned().forEach((outcome, count) -> out.sample(count, Map.of("outcome", outcome)));
  }

  private void putKernels(Exposition out, List<Kernel> all) {
    Map<Kernel, KernelUsage.Sample> samples = new HashMap<>();
    all.forEach(kernel -> samples.put(kernel, usage.of(kernel.id(), kernel.pid())));
    out.family(
        "penstock_kernel_memory_bytes",
        "gauge",
        "Memory of a kernel's processes, shared pages by their share.");
    samples.forEach((kernel, sample) -> out.sample(sample.memory(), labels(kernel)));
    out.family(
        "penstock_kernel_cpu_ratio", "gauge", "Processors that a kernel keeps busy; 1 is one.");
    samples.forEach((kernel, sample) -> out.sample(sample.cpuPercent() / 100, labels(kernel)));
    out.family("penstock_kernel_logged_bytes_total", "counter", "Bytes a kernel ever logged.");
    all.forEach(kernel -> out.sample(kernel.loggedBytes(), labels(kernel)));
    out.family("penstock_kernel_messages_total", "counter", "Messages a kernel ever logged.");
    all.forEach(kernel -> out.sample(kernel.log().next(), labels(kernel)));
  }

  private static Map<String, String> labels(Kernel kernel) {
    return Map.of("kernel", kernel.id(), "name", kernel.order().spec().name());
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
