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
 */
public record LifeOrder(String kernelId, KernelSpec spec, Path cwd, Map<String, String> env) {}
