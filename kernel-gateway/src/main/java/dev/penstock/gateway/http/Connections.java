package dev.penstock.gateway.http;

import dev.penstock.gateway.runtime.Periodic;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what connections cost: how many there are, and how long one may stay without a whole
 * request. Jetty's own timeout begins anew with each byte, so that a client that sends its headers
 * byte by byte would stay for ever. WebSockets count; who is gone of them the pings tell.
 * Thread-safe.
 */
final class Connections extends Handler.Wrapper implements Connection.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /** Connections beyond the limit that are told why; those after them are closed without a word. */
  private static final int TOLD = 64;

  private final HttpLimits limits;

  /** Connections that have no request under way, and since when ({@link System#nanoTime}). */
  private final Map<Connection, Long> quiet = new ConcurrentHashMap<>();

  /** Connections beyond the limit. */
  private final Set<Connection> surplus = ConcurrentHashMap.newKeySet();

  private final Periodic looks;

  /** No connections yet; the handler of their calls follows. */
  Connections(HttpLimits limits) {
    this.limits = limits;
    this.looks = new Periodic("http-connections", limits.requestTimeout().dividedBy(4), this::look);
    looks.start();
  }

  @Override
  public void onOpened(Connection connection) {
    if (!(connection instanceof ConnectionMetaData http)) {
      return; // of TLS, or a WebSocket
    }
    quiet.put(connection, System.nanoTime());
    int most = limits.maxConnections();
    int open = http.getConnector().getConnectedEndPoints().size();
    if (most > 0 && open > most) {
      surplus.add(connection);
      if (open > most + TOLD) {
        connection.close();
      }
    }
  }

  @Override
  public void onClosed(Connection connection) {
    quiet.remove(connection);
    surplus.remove(connection);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Connection connection = request.getConnectionMetaData().getConnection();
    if (surplus.contains(connection)) {
      refuse(request, response, callback);
      return true;
    }
    quiet.remove(connection);
    // Of a connection that is closed by then, look() takes it away again.
    Request.addCompletionListener(request, _ -> quiet.put(connection, System.nanoTime()));
    return super.handle(request, response, callback);
  }

  private void refuse(Request request, Response response, Callback callback) {
    String message =
        "Too many connections: this server takes %d (--max-connections)"
            .formatted(limits.maxConnections());
    LOG.atWarn().addKeyValue("most", limits.maxConnections()).log("connection refused");
    response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
    Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503, message);
  }

  private void look() {
    long now = System.nanoTime();
    long most = limits.requestTimeout().toNanos();
    quiet.forEach((connection, since) -> {
      if (now - since > most && quiet.remove(connection, since)) {
        end(connection);
      }
    });
  }

  private static void end(Connection connection) {
    // A WebSocket may have taken its place.
    if (connection.equals(connection.getEndPoint().getConnection())) {
      connection.close();
    }
  }

  @Override
  public void close() {
    looks.close();
  }
}
