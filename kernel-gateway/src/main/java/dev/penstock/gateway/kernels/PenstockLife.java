package dev.penstock.gateway.kernels;

import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.Request;
import dev.penstock.gateway.session.Session;
import dev.penstock.gateway.session.SessionState;
import dev.penstock.gateway.session.Sessions;
import dev.penstock.protocol.connection.ConnectionInfo;
import java.util.concurrent.CompletableFuture;

/**
 * A session as the life of a kernel.
 *
 * @param doors opens its ZeroMQ sockets
 */
record PenstockLife(Session session, Sessions.DoorFactory doors) implements Life {
  @Override
  public boolean submit(Request request) {
    return session.submit(request);
  }

  @Override
  public CompletableFuture<Void> interrupt() {
    return session.interrupt();
  }

  @Override
  public void stop(boolean now, String cause) {
    session.stop(now, cause);
  }

  @Override
  public CompletableFuture<Ending> ended() {
    return session.ended();
  }

  @Override
  public SessionState state() {
    return session.view().state();
  }

  @Override
  public long pid() {
    return session.view().workerPid();
  }

  @Override
  public CompletableFuture<ConnectionInfo> connection() {
    return session.openSockets(doors);
  }
}
