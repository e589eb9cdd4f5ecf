package dev.penstock.protocol.connection;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * A kernel's CurveZMQ key pair (JEP 145): whoever has it can read what the kernel sends and speak
 * to it, so it is as secret as the signing key.
 *
 * @param publicKey {@code curve_publickey} of the connection file, 40 characters of Z85
 * @param secretKey {@code curve_secretkey} of the connection file, 40 characters of Z85
 */
public record CurveKeys(String publicKey, String secretKey) {

  private static final int CHARACTERS = 40;
  private static final int BYTES = 32;

  private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

  /** Z85 (ZeroMQ RFC 32): five characters for four bytes, most significant first. */
  private static final String Z85 =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

  /**
   * Checks both keys, because JeroMQ takes wrong characters for others without a word.
   *
   * @throws IllegalArgumentException if one of them is no key or they are no pair; the text does
   *     not quote them
   */
  public CurveKeys {
    byte[] expected = publicOf(decode("curve_secretkey", secretKey));
    if (!Arrays.equals(expected, decode("curve_publickey", publicKey))) {
      throw new IllegalArgumentException("curve_publickey does not belong to curve_secretkey");
    }
  }

  /** With half of another pair no client would ever get an answer, nor learn why. */
  private static byte[] publicOf(byte[] secret) {
    try {
      KeyFactory keys = KeyFactory.getInstance("X25519");
      KeyAgreement agreement = KeyAgreement.getInstance("X25519");
      agreement.init(
          keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret)));
      agreement.doPhase(
          keys.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, BASE_POINT)), true);
      return agreement.generateSecret();
    } catch (GeneralSecurityException e) {
      // Every Java has X25519, and takes any 32 bytes for a secret key.
      throw new IllegalStateException(e);
    }
  }

  /** The public key, 32 bytes. */
  public byte[] publicBytes() {
    return decode("curve_publickey", publicKey);
  }

  /** The secret key, 32 bytes; for the sockets, and for nothing that is kept. */
  public byte[] secretBytes() {
    return decode("curve_secretkey", secretKey);
  }

  private static byte[] decode(String name, String text) {
    byte[] bytes = text.length() == CHARACTERS ? decode(text) : null;
    if (bytes == null) {
      throw new IllegalArgumentException(name + " must be a CurveZMQ key: 40 characters of Z85");
    }
    return bytes;
  }

  private static byte @Nullable [] decode(String text) {
    byte[] bytes = new byte[BYTES];
    for (int group = 0; group < BYTES / 4; group++) {
      long value = 0;
      for (int i = 0; i < 5; i++) {
        int digit = Z85.indexOf(text.charAt(group * 5 + i));
        if (digit < 0) {
          return null;
        }
        value = value * Z85.length() + digit;
      }
      if (value > 0xffff_ffffL) {
        return null;
      }
      for (int i = 0; i < 4; i++) {
        bytes[group * 4 + i] = (byte) (value >>> (24 - 8 * i));
      }
    }
    return bytes;
  }

  /** Says that there are keys, and not which. */
  @Override
  public String toString() {
    return "CurveKeys[hidden]";
  }
}
