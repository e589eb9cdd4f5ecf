package dev.penstock.gateway.keeper;

/**
 * How a worker process ended, as its parent saw it.
 *
 * @param pid the worker's process id
 * @param code exit code, or the negative number of the signal that killed it
 * @param core whether the system wrote a core file
 * @param oom whether the system's out-of-memory killer was at work and nobody else sent the SIGKILL
 * @param overLimit whether the keeper killed it because its memory passed the session's limit
 * @param rssKiB resident memory of the process group when last seen, 0 if unknown
 */
public record WorkerExit(
    long pid, int code, boolean core, boolean oom, boolean overLimit, long rssKiB) {}
