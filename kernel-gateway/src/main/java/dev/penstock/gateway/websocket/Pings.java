package dev.penstock.gateway.websocket;

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
 * Pings every WebSocket each half minute, and gives up those that answer none of three (WS-06).
 * Time in which this machine slept does not count: pings are counted, not seconds. Thread-safe.
 */
final class Pings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pings.class);
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final int MOST = 3;

  private final ServerWebSocketContainer container;
  private final Map<Session, Integer> unanswered = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean closed;

  Pings(ServerWebSocketContainer container) {
    this.container = container;
    this.thread = Thread.ofVirtual().name("websocket-pings").start(this::run);
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
    closed = true;
    thread.interrupt();
  }

  private void run() {
    while (!closed) {
      try {
        Thread.sleep(INTERVAL);
      } catch (InterruptedException e) {
        return; // closed
      }
      container.getOpenSessions().forEach(this::ping);
    }
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
