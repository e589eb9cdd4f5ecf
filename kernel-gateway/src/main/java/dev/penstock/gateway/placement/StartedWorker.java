package dev.penstock.gateway.placement;

/**
 * A worker that was started.
 *
 * @param pid its process id
 * @param path how it came to life
 */
public record StartedWorker(long pid, StartPath path) {}
