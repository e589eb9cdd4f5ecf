package dev.penstock.gateway.kernels;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a kernel, as REST tells it (REST-30).
 *
 * @param executionState {@code starting}, {@code idle}, {@code busy}, {@code restarting}, {@code
 *     dead}
 * @param connections WebSockets that are open
 * @param reason why it is dead; null while it lives
 */
public record KernelView(
    String id,
    String name,
    Instant lastActivity,
    String executionState,
    int connections,
    @Nullable String reason) {}
