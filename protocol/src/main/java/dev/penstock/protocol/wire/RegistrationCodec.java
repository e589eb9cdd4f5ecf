package dev.penstock.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The two messages with which a kernel registers its ports (messaging spec, "Kernel startup
 * handshake"; JEP 66):
 *
 * <pre>
 * identities*, "&lt;IDS|MSG&gt;", signature of the content, content
 * </pre>
 *
 * <p>Not thread-safe: it has a signer of its own.
 */
public final class RegistrationCodec {

  private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NONE = {};

  private final Signer signer;

  /** A codec that owns the signer from now on. */
  public RegistrationCodec(Signer signer) {
    this.signer = signer;
  }

  /** The frames that carry a content, signed. */
  public List<byte[]> encode(byte[] content) {
    return List.of(DELIMITER, signer.sign(content, NONE, NONE, NONE), content);
  }

  /** Whether these frames are a signed message; what an acknowledgement says is not laid down. */
  public boolean isSigned(List<byte[]> frames) {
    int last = frames.size() - 1;
    return last >= 2
        && Arrays.equals(frames.get(last - 2), DELIMITER)
        && signer.verify(frames.get(last - 1), frames.get(last), NONE, NONE, NONE);
  }
}
