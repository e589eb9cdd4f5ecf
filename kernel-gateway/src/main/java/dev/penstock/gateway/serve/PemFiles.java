package dev.penstock.gateway.serve;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Certificates and keys as other servers have them: PEM, the key as PKCS #8 without password. */
final class PemFiles {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  /** How keys of an algorithm sign, by the name that Java gives the algorithm. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private static final byte[] PROBE = {1, 2, 3, 4};

  private static final Logger LOG = LoggerFactory.getLogger(PemFiles.class);

  private PemFiles() {}

  /**
   * A key store with the one key and its certificates.
   *
   * @throws IOException if a file cannot be read or is something else: which, and what to do
   */
  static KeyStore keyStore(Path certificate, Path key) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      PrivateKey secret = key(key);
      Certificate[] chain = certificates(certificate);
      if (!fit(chain[0], secret)) {
        throw new IOException(
            "certificate %s and key %s do not fit: the key is another certificate's"
                .formatted(certificate, key));
      }
      store.setKeyEntry("penstock", secret, new char[0], chain);
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "certificate %s and key %s do not fit: %s".formatted(certificate, key, e.getMessage()),
          e);
    }
  }

  /**
   * A trust store with these certificates.
   *
   * @throws IOException if the file cannot be read or holds none
   */
  static KeyStore trustStore(Path authorities) throws IOException {
    Certificate[] trusted = certificates(authorities);
    if (trusted.length == 0) {
      throw new IOException(authorities + " holds no certificate in PEM format");
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < trusted.length; i++) {
        store.setCertificateEntry("authority-" + i, trusted[i]);
      }
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException(authorities + " cannot be used: " + e.getMessage(), e);
    }
  }

  /** Whether what the key signs is what the certificate's public key verifies. */
  private static boolean fit(Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    PublicKey shown = certificate.getPublicKey();
    String name = SIGNATURES.get(key.getAlgorithm());
    if (name == null || !key.getAlgorithm().equals(shown.getAlgorithm())) {
      return false;
    }
    Signature signature = Signature.getInstance(name);
    signature.initSign(key);
    signature.update(PROBE);
    byte[] signed = signature.sign();
    signature.initVerify(shown);
    signature.update(PROBE);
    try {
      return signature.verify(signed);
    } catch (SignatureException e) {
      return false; // of another length or curve
    }
  }

  private static Certificate[] certificates(Path file) throws IOException {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
          .toArray(Certificate[]::new);
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " holds no certificate in PEM format", e);
    }
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    Matcher match = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
    if (!match.find()) {
      throw new IOException(
          file
              + " holds no private key in PKCS #8 format; convert it:"
              + " openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW");
    }
    byte[] encoded = Base64.getMimeDecoder().decode(match.group(1));
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        LOG.atTrace().setCause(e).log("a key of another algorithm");
      }
    }
    throw new IOException(file + " holds a key that is neither RSA nor EC nor Ed25519");
  }
}
