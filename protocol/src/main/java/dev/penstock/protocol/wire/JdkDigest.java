package dev.penstock.protocol.wire;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.crypto.ExtendedDigest;
import org.bouncycastle.util.Memoable;

/**
 * Lets Bouncy Castle's HMac compute with the JDK's digests, which use the CPU's SHA instructions.
 *
 * <p>Measured per message of 400 B / 4 KiB / 1 MiB with SHA-256 on JDK 25: Bouncy Castle's own Java
 * digest 2.1 us / 17 us / 241 MB/s; this adapter 0.39 us / 2.6 us / 1.68 GB/s; the JDK's own Mac
 * 0.44 us / 2.6 us / 1.3-1.7 GB/s. Being {@link Memoable} lets HMac keep the keyed inner and outer
 * states instead of hashing the padded key for every message.
 *
 * <p>Not thread-safe.
 */
final class JdkDigest implements ExtendedDigest, Memoable {

  private final int blockBytes;
  private MessageDigest digest;

  JdkDigest(String algorithm, int blockBytes) {
    this(newDigest(algorithm), blockBytes);
  }

  private JdkDigest(MessageDigest digest, int blockBytes) {
    this.digest = digest;
    this.blockBytes = blockBytes;
  }

  private static MessageDigest newDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      // Only a runtime built without java.base's own digests comes here.
      throw new IllegalStateException("this Java runtime has no digest " + algorithm, e);
    }
  }

  private static MessageDigest cloned(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      // All digests of java.base can be cloned; a security provider put in front may not.
      throw new IllegalStateException("cannot copy the state of " + digest.getAlgorithm(), e);
    }
  }

  @Override
  public String getAlgorithmName() {
    return digest.getAlgorithm();
  }

  @Override
  public int getDigestSize() {
    return digest.getDigestLength();
  }

  @Override
  public int getByteLength() {
    return blockBytes;
  }

  @Override
  public void update(byte in) {
    digest.update(in);
  }

  @Override
  public void update(byte[] in, int offset, int length) {
    digest.update(in, offset, length);
  }

  @Override
  public int doFinal(byte[] out, int offset) {
    try {
      return digest.digest(out, offset, digest.getDigestLength());
    } catch (DigestException e) {
      // The caller's array is too short: Bouncy Castle's contract asks for a runtime exception.
      throw new IllegalArgumentException("no room for the digest", e);
    }
  }

  @Override
  public void reset() {
    digest.reset();
  }

  @Override
  public Memoable copy() {
    return new JdkDigest(cloned(digest), blockBytes);
  }

  @Override
  public void reset(Memoable other) {
    digest = cloned(((JdkDigest) other).digest);
  }
}
