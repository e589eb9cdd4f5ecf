package dev.penstock.gateway.websocket;

import dev.penstock.gateway.runtime.Periodic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings every WebSocket at an interval, and gives up those that answer none of three (WS-06). Time
 * in which this machine slept does not count: pings are counted, not seconds. Thread-safe.
 */
final class Pings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pings.class);
  private static final int MOST = 3;

  private final Map<Session, Integer> unanswered = new ConcurrentHashMap<>();
  private final Periodic rounds;

  Pings(ServerWebSocketContainer container, Duration interval) {
    this.rounds =
        new Periodic(
            "websocket-pings", interval, () -> container.getOpenSessions().forEach(this::ping));
    rounds.start();
  }

  void opened(Session session) {
    unanswered.put(session, 0);
  }

  void answered(Session session) {
    unanswered.replace(session, 0);
  }

  void closed(Session session) {
    unanswered.remove(session);
  }

  @Override
  public void close() {
    rounds.close();
  }

  private void ping(Session session) {
    Integer missed = unanswered.computeIfPresent(session, (_, count) -> count + 1);
    if (missed == null) {
      return;
    }
    if (missed > MOST) {
      LOG.atInfo().log("websocket given up: it answers no pings");
      session.disconnect();
    } else {
      session.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
    }
  }
}
