package dev.penstock.gateway.usage;

import dev.penstock.gateway.json.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the content of {@code usage_reply} (ipykernel's extension of the protocol): the worker with
 * all its descendants, and the machine. It looks at the system only, so that a worker that holds
 * the interpreter is measured, too. One at a time: shares are counted from the last look on.
 */
public final class UsageMeter {
  private final HostMeter host = new HostMeter();
  private ProcessMeter worker = new ProcessMeter(0);

  /**
   * The content of a {@code usage_reply}: {@code hostname}, {@code pid}, {@code cpu_count}; where
   * the system tells them also {@code kernel_cpu} (percent of one processor), {@code kernel_memory}
   * (bytes, shared pages by their share), both at most a second old, {@code host_cpu_percent} and
   * {@code host_virtual_memory}.
   *
   * @param pid the worker's process, 0 while there is none
   */
  public ObjectNode content(long pid) {
    ObjectNode content = Json.object().put("pid", pid);
    host.put(content);
    if (worker.pid() != pid) {
      worker = new ProcessMeter(pid);
    }
    KernelUsage.Sample usage = worker.usage();
    if (usage != null) {
      content.put("kernel_cpu", usage.cpuPercent());
      if (usage.memory() > 0) {
        content.put("kernel_memory", usage.memory());
      }
    }
    return content;
  }

  /** Percent with one decimal. */
  static double rounded(double percent) {
    return Math.round(percent * 10) / 10.0;
  }
}
