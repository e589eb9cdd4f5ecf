package dev.penstock.gateway.http;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: Jetty, with a virtual thread for each call. */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final int MAX_HEADERS = 64 << 10;
  private static final int ACCEPT_QUEUE = 1024;

  /**
   * Jetty's own pool has 200 tasks at a time: as many streams would leave nobody to answer the next
   * call. Connections are what is bounded here ({@code --max-connections}).
   */
  private static final int ANY_NUMBER = -1;

  private final Server server = new Server(new VirtualThreadPool(ANY_NUMBER));
  private final ServerWebSocketContainer webSockets;
  private final Connections connections;
  private final HttpLimits limits;
  private @Nullable SocketFile file;

  /** A server that listens nowhere yet. */
  public HttpServer(HttpLimits limits) {
    this.limits = limits;
    connections = new Connections(limits);
    server.setStopTimeout(DRAIN.toMillis());
    server.setStopAtShutdown(false);
    server.setErrorHandler(new ErrorAnswers());
    webSockets = ServerWebSocketContainer.ensure(server);
    webSockets.setMaxBinaryMessageSize(limits.maxMessage());
    webSockets.setMaxTextMessageSize(limits.maxMessage());
    webSockets.setMaxFrameSize(limits.maxMessage());
    webSockets.setIdleTimeout(Duration.ZERO); // the pings tell who is gone
    // Jetty fails what exceeds its compressor's buffer unless it may split it; nothing else is
    // split.
    webSockets.setAutoFragment(true);
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
    connector.setIdleTimeout(limits.requestTimeout().toMillis());
    connector.addBean(connections);
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
    connector.setIdleTimeout(limits.requestTimeout().toMillis());
    connector.addBean(connections);
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
    connections.setHandler(handler);
    server.setHandler(new GracefulHandler(connections));
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

  /** Takes no new calls, lets those go on that run, for a short time, and ends. */
  @Override
  public void close() {
    connections.close();
    try {
      stop();
      if (file != null) {
        file.remove();
      }
    } catch (Exception e) {
      // The process is about to end: nothing could be done with what did not stop.
      throw new IllegalStateException("the server did not stop", e);
    }
  }

  private void stop() throws Exception {
    try {
      server.stop();
    } catch (TimeoutException e) {
      // Of the calls alone: Jetty has stopped all the same, and interrupted those that wait.
      LOG.atInfo().log("calls were cut off that waited for something");
    }
  }
}
