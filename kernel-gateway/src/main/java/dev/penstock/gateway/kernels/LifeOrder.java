package dev.penstock.gateway.kernels;

import dev.penstock.gateway.specs.KernelSpec;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a kernel's process is started with.
 *
 * @param kernelId the kernel's id, the same over all its lives
 * @param cwd working directory, which exists
 * @param env the whole environment, without what the spec adds
 * @param limits what the process may use; only kernels of this gateway's own have limits
 */
public record LifeOrder(
    String kernelId, KernelSpec spec, Path cwd, Map<String, String> env, LifeLimits limits) {
  /** A process without limits. */
  public LifeOrder(String kernelId, KernelSpec spec, Path cwd, Map<String, String> env) {
    this(kernelId, spec, cwd, env, LifeLimits.NONE);
  }
}
