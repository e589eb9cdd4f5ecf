package dev.penstock.gateway.http;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;

/** The HTTP server: Jetty, with a virtual thread for each call. */
public final class HttpServer implements AutoCloseable {
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final int MAX_HEADERS = 64 << 10;
  private static final int ACCEPT_QUEUE = 1024;

  private final Server server = new Server(new VirtualThreadPool());
  private final ServerWebSocketContainer webSockets;
  private @Nullable SocketFile file;

  /**
   * A server that listens nowhere yet.
   *
   * @param maxMessage longest message of a WebSocket, in bytes
   */
  public HttpServer(long maxMessage) {
    server.setStopTimeout(DRAIN.toMillis());
    server.setStopAtShutdown(false);
    webSockets = ServerWebSocketContainer.ensure(server);
    webSockets.setMaxBinaryMessageSize(maxMessage);
    webSockets.setMaxTextMessageSize(maxMessage);
    webSockets.setMaxFrameSize(maxMessage);
    webSockets.setIdleTimeout(Duration.ZERO); // the pings tell who is gone
    webSockets.setAutoFragment(false); // some clients take few fragments
    webSockets.setInputBufferSize(1 << 14);
    webSockets.setOutputBufferSize(1 << 14);
  }

  public ServerWebSocketContainer webSockets() {
    return webSockets;
  }

  /** Listens on a TCP port, with TLS if there is a key; 0 chooses one, which is returned. */
  public int listen(String ip, int port, SslContextFactory.@Nullable Server tls)
      throws IOException {
    HttpConnectionFactory http = new HttpConnectionFactory(configuration());
    ServerConnector connector =
        tls == null
            ? new ServerConnector(server, http)
            : new ServerConnector(
                server, new SslConnectionFactory(tls, HttpVersion.HTTP_1_1.asString()), http);
    connector.setHost(ip);
    connector.setPort(port);
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.open();
    server.addConnector(connector);
    return connector.getLocalPort();
  }

  /**
   * Listens on a Unix-domain socket, once it is started.
   *
   * @throws IOException if it cannot be made there: one line for people
   */
  public void listen(Path socket) throws IOException {
    SocketFile made = SocketFile.at(socket);
    file = made;
    UnixDomainServerConnector connector =
        new UnixDomainServerConnector(server, new HttpConnectionFactory(configuration()));
    connector.setUnixDomainPath(made.hidden());
    server.addConnector(connector);
  }

  private static HttpConfiguration configuration() {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setRequestHeaderSize(MAX_HEADERS);
    configuration.addCustomizer(new SecureRequestCustomizer(false));
    return configuration;
  }

  /** Begins to answer. */
  public void start(Handler handler) throws IOException {
    server.setHandler(new GracefulHandler(handler));
    try {
      server.start();
      if (file != null) {
        file.show();
      }
    } catch (Exception e) {
      // Jetty's starts throw anything; what it says is what the user needs.
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Takes no new calls, lets those go on that run, and ends. */
  @Override
  public void close() {
    try {
      server.stop();
      if (file != null) {
        file.remove();
      }
    } catch (Exception e) {
      // The process is about to end: nothing could be done with what did not stop.
      throw new IllegalStateException("the server did not stop", e);
    }
  }
}
