package dev.penstock.gateway.start;

import dev.penstock.gateway.placement.StartedWorker;
import dev.penstock.gateway.session.Session;
import dev.penstock.protocol.connection.ConnectionInfo;

/**
 * A session whose worker runs.
 *
 * @param connection where its sockets are
 */
public record Started(Session session, ConnectionInfo connection, StartedWorker worker) {}
