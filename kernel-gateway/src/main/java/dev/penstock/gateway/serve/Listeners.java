package dev.penstock.gateway.serve;

import dev.penstock.gateway.http.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Where a server listens. */
final class Listeners {
  private static final int LAST_PORT = 65_535;

  private Listeners() {}

  /**
   * Listens as the settings say.
   *
   * @return the port; 0 for a Unix-domain socket
   * @throws IOException if that cannot be: why
   */
  static int listen(HttpServer http, ServeSettings settings) throws IOException {
    Path socket = settings.socket();
    if (socket != null) {
      http.listen(socket);
      return 0;
    }
    SslContextFactory.Server tls =
        Tls.of(settings.certificate(), settings.privateKey(), settings.clientAuthorities());
    for (int i = 0; ; i++) { // 0 is free at the first try, or the address is not ours
      try {
        return http.listen(settings.ip(), settings.port() + i, tls);
      } catch (IOException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        boolean taken = cause instanceof BindException;
        if (!taken || i >= settings.portRetries() || settings.port() + i >= LAST_PORT) {
          throw new IOException(
              "cannot listen on %s:%d: %s"
                  .formatted(
                      settings.ip(),
                      settings.port(),
                      cause instanceof UnresolvedAddressException
                          ? "no such host"
                          : cause.getMessage()),
              e);
        }
      }
    }
  }
}
