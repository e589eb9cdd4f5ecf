package dev.penstock.gateway.serve;

import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** TLS from a certificate and a key in PEM files. */
final class Tls {
  private Tls() {}

  /**
   * TLS; null without a certificate.
   *
   * @param key null if it is in the certificate's file
   */
  static SslContextFactory.@Nullable Server of(@Nullable Path certificate, @Nullable Path key)
      throws IOException {
    if (certificate == null) {
      return null;
    }
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStore(PemFiles.keyStore(certificate, key == null ? certificate : key));
    tls.setKeyStorePassword("");
    tls.setSniRequired(false);
    return tls;
  }
}
