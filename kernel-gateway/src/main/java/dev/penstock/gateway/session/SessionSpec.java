package dev.penstock.gateway.session;

import org.jspecify.annotations.Nullable;

/**
 * What a session is made from.
 *
 * @param id kernel id, a UUID
 * @param name kernelspec name, for people
 * @param via who asked: {@code provisioner}, {@code launcher} or {@code cli}
 * @param cwd working directory the client asked for
 * @param connectionFile path of the connection file, for information
 * @param memoryLimit bytes the worker and its children may use, 0 for no limit
 * @param echo whether its client copies to its own terminal what is written to the worker's file
 *     descriptors 1 and 2
 */
public record SessionSpec(
    String id,
    String name,
    String via,
    String cwd,
    @Nullable String connectionFile,
    long memoryLimit,
    boolean echo) {}
