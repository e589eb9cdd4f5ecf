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
   * @param authorities of whom clients need a certificate; null if they need none
   */
  static SslContextFactory.@Nullable Server of(
      @Nullable Path certificate, @Nullable Path key, @Nullable Path authorities)
      throws IOException {
    if (certificate == null) {
      return null;
    }
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStore(PemFiles.keyStore(certificate, key == null ? certificate : key));
    tls.setKeyStorePassword("");
    tls.setSniRequired(false);
    if (authorities != null) {
      tls.setTrustStore(PemFiles.trustStore(authorities));
      tls.setNeedClientAuth(true);
    }
    return tls;
  }
}
