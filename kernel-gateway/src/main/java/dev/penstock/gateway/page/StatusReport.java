package dev.penstock.gateway.page;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelView;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.kernels.Running;
import dev.penstock.gateway.usage.KernelUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The server and its kernels now, in JSON (docs/observing.md). Thread-safe. */
public final class StatusReport {
  private final Kernels kernels;
  private final KernelUsage usage;
  private final boolean listed;
  private final Instant started = Instant.now();

  /**
   * Reports on these kernels.
   *
   * @param listed whether kernels may be listed
   */
  public StatusReport(Kernels kernels, KernelUsage usage, boolean listed) {
    this.kernels = kernels;
    this.usage = usage;
    this.listed = listed;
  }

  ObjectNode json() throws HttpException {
    if (!listed) {
      throw new HttpException(
          403, "This server does not list its kernels: start it with --list-kernels");
    }
    List<Kernel> all = kernels.all();
    usage.retain(all.stream().map(Kernel::id).collect(Collectors.toSet()));
    Instant now = Instant.now();
    Runtime jvm = Runtime.getRuntime();
    ObjectNode report =
        Json.object()
            .put("pid", ProcessHandle.current().pid())
            .put("uptime_s", seconds(started, now))
            .put("heap_bytes", jvm.totalMemory() - jvm.freeMemory())
            .put("heap_max_bytes", jvm.maxMemory());
    ObjectNode executions = report.putObject("executions");
    kernels.tally().executions().forEach(executions::put);
    ArrayNode list = report.putArray("kernels");
    all.forEach(kernel -> put(kernel, now, list.addObject()));
    return report;
  }

  private void put(Kernel kernel, Instant now, ObjectNode json) {
    KernelView view = kernel.view();
    KernelUsage.Sample sample = usage.of(kernel.id(), kernel.pid());
    json.put("id", view.id())
        .put("name", view.name())
        .put(
            "display_name", kernel.order().spec().json().path("display_name").asString(view.name()))
        .put("kind", kernel.kind())
        .put("state", view.executionState())
        .put("reason", view.reason())
        .put("pid", kernel.pid())
        .put("connections", view.connections())
        .put("executions", kernel.executions())
        .put("uptime_s", seconds(kernel.created(), now))
        .put("idle_s", seconds(view.lastActivity(), now))
        .put("cpu_percent", sample.cpuPercent())
        .put("memory_bytes", sample.memory())
        .put("messages", kernel.log().next())
        .put("logged_bytes", kernel.loggedBytes());
    json.set("running", running(kernel.running(), now));
  }

  private static @Nullable ObjectNode running(@Nullable Running cell, Instant now) {
    return cell == null
        ? null
        : Json.object().put("line", cell.firstLine()).put("for_s", seconds(cell.began(), now));
  }

  /** With one decimal; never negative, whatever the clock does. */
  private static double seconds(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis() / 100) / 10.0;
  }
}
