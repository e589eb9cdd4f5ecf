package dev.penstock.gateway.session;

import dev.penstock.protocol.connection.ConnectionInfo;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a session.
 *
 * @param connection null until the sockets are bound
 * @param workerPid 0 until the worker runs
 */
public record SessionView(
    SessionState state, Instant started, @Nullable ConnectionInfo connection, long workerPid) {}
