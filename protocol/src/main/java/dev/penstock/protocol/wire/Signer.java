package dev.penstock.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Signs messages and checks signatures: lower-case hex HMAC over the four JSON parts in order
 * (messaging spec, "The wire protocol"). The key is the UTF-8 bytes of the connection file's {@code
 * key}, which is not decoded. An empty key means no signatures: empty frames, no checks.
 *
 * <p>Not thread-safe: one per owner thread.
 */
public final class Signer {

  private static final byte[] NO_SIGNATURE = {};
  private static final HexFormat HEX = HexFormat.of();

  /** {@code signature_scheme} to the JDK's name of the digest and its block length in bytes. */
  private static final Map<String, Digest> SCHEMES =
      Map.of(
          "hmac-md5", new Digest("MD5", 64),
          "hmac-sha1", new Digest("SHA-1", 64),
          "hmac-sha224", new Digest("SHA-224", 64),
          "hmac-sha256", new Digest("SHA-256", 64),
          "hmac-sha384", new Digest("SHA-384", 128),
          "hmac-sha512", new Digest("SHA-512", 128));

  private record Digest(String algorithm, int blockBytes) {}

  private final @Nullable HMac hmac;

  private Signer(@Nullable HMac hmac) {
    this.hmac = hmac;
  }

  /**
   * A signer for one connection file.
   *
   * @param scheme {@code hmac-} and one of md5, sha1, sha224, sha256, sha384, sha512
   * @param key the {@code key} of the connection file; empty for unsigned messages
   * @throws IllegalArgumentException for any other scheme, with a text for the user
   */
  public static Signer of(String scheme, String key) {
    Digest digest = SCHEMES.get(scheme.toLowerCase(Locale.ROOT));
    if (digest == null) {
      throw new IllegalArgumentException(
          "signature_scheme \"%s\" is not supported; use one of %s"
              .formatted(scheme, String.join(", ", new TreeSet<>(SCHEMES.keySet()))));
    }
    if (key.isEmpty()) {
      return new Signer(null);
    }
    HMac hmac = new HMac(new JdkDigest(digest.algorithm, digest.blockBytes));
    hmac.init(new KeyParameter(key.getBytes(StandardCharsets.UTF_8)));
    return new Signer(hmac);
  }

  /** Whether messages are signed and checked at all. */
  public boolean isSigning() {
    return hmac != null;
  }

  /** The signature frame: ASCII hex, or no bytes when unsigned. */
  public byte[] sign(byte[] header, byte[] parentHeader, byte[] metadata, byte[] content) {
    if (hmac == null) {
      return NO_SIGNATURE;
    }
    byte[] mac = mac(hmac, header, parentHeader, metadata, content);
    return HEX.formatHex(mac).getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether the frame is the signature of these parts; takes the same time for any wrong one. */
  public boolean verify(
      byte[] signature, byte[] header, byte[] parentHeader, byte[] metadata, byte[] content) {
    if (hmac == null) {
      return true;
    }
    byte[] received = decodeHex(signature);
    // The lengths are no secret; constantTimeAreEqual returns false at once when they differ.
    return received != null
        && Arrays.constantTimeAreEqual(
            mac(hmac, header, parentHeader, metadata, content), received);
  }

  private static byte[] mac(HMac hmac, byte[]... parts) {
    for (byte[] part : parts) {
      hmac.update(part, 0, part.length);
    }
    byte[] out = new byte[hmac.getMacSize()];
    hmac.doFinal(out, 0); // also returns to the keyed state
    return out;
  }

  /** Lower case only, so that one message has one signature and a replay cannot change its case. */
  private static byte @Nullable [] decodeHex(byte[] ascii) {
    if (ascii.length % 2 != 0) {
      return null;
    }
    byte[] out = new byte[ascii.length / 2];
    for (int i = 0; i < ascii.length; i++) {
      int digit = digit(ascii[i]);
      if (digit < 0) {
        return null;
      }
      out[i / 2] = (byte) (out[i / 2] << 4 | digit);
    }
    return out;
  }

  private static int digit(byte ascii) {
    if (ascii >= '0' && ascii <= '9') {
      return ascii - '0';
    }
    return ascii >= 'a' && ascii <= 'f' ? ascii - 'a' + 10 : -1;
  }
}
