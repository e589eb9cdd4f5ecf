package dev.penstock.protocol.wire;

import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import dev.penstock.protocol.message.WireException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns ZeroMQ frames into messages and back (messaging spec, "The wire protocol"):
 *
 * <pre>
 * identities*, "&lt;IDS|MSG&gt;", signature, header, parent_header, metadata, content, buffers*
 * </pre>
 *
 * <p>Parts are passed on as the arrays that came; only their first and last bytes are looked at.
 * Whatever the frames hold, {@link #decode} returns a message or throws a {@link WireException}.
 * Not thread-safe: one per owner thread.
 */
public final class WireCodec {

  private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);

  /** Signature and four JSON parts. */
  private static final int FIXED_FRAMES = 5;

  private final Signer signer;
  private final ReplayGuard guard;

  /** A codec that owns both arguments from now on. */
  public WireCodec(Signer signer, ReplayGuard guard) {
    this.signer = signer;
    this.guard = guard;
  }

  /**
   * Takes a received message apart and checks its signature.
   *
   * @param frames as received, identities first
   * @throws WireException if the message must be dropped
   */
  public Message decode(List<byte[]> frames) throws WireException {
    int delimiter = delimiter(frames);
    int rest = frames.size() - delimiter - 1;
    if (rest < FIXED_FRAMES) {
      throw new WireException(
          Reason.TOO_SHORT,
          "a message has %d frames after the delimiter, needs %d".formatted(rest, FIXED_FRAMES));
    }
    byte[] signature = frames.get(delimiter + 1);
    Message message =
        new Message(
            frames.subList(0, delimiter),
            frames.get(delimiter + 2),
            frames.get(delimiter + 3),
            frames.get(delimiter + 4),
            frames.get(delimiter + 5),
            frames.subList(delimiter + 1 + FIXED_FRAMES, frames.size()));
    checkSignature(signature, message);
    checkObject("header", message.header());
    checkObject("parent_header", message.parentHeader());
    checkObject("metadata", message.metadata());
    checkObject("content", message.content());
    return message;
  }

  /** The frames of a message, freshly signed. */
  public List<byte[]> encode(Message m) {
    List<byte[]> frames =
        new ArrayList<>(m.identities().size() + 1 + FIXED_FRAMES + m.buffers().size());
    frames.addAll(m.identities());
    frames.add(DELIMITER);
    frames.add(signer.sign(m.header(), m.parentHeader(), m.metadata(), m.content()));
    frames.add(m.header());
    frames.add(m.parentHeader());
    frames.add(m.metadata());
    frames.add(m.content());
    frames.addAll(m.buffers());
    return frames;
  }

  private static int delimiter(List<byte[]> frames) throws WireException {
    for (int i = 0; i < frames.size(); i++) {
      if (Arrays.equals(frames.get(i), DELIMITER)) {
        return i;
      }
    }
    throw new WireException(
        Reason.NO_DELIMITER, "a message of %d frames has no delimiter".formatted(frames.size()));
  }

  private void checkSignature(byte[] signature, Message m) throws WireException {
    if (!signer.isSigning()) {
      return;
    }
    if (!signer.verify(signature, m.header(), m.parentHeader(), m.metadata(), m.content())) {
      throw new WireException(Reason.BAD_SIGNATURE, "a message has a wrong or missing signature");
    }
    if (!guard.accept(signature)) {
      throw new WireException(Reason.REPLAYED, "a message came twice (same signature)");
    }
  }

  /**
   * Refuses other packers (pickle, msgpack) and null without parsing what is only passed on. The
   * one who uses a part parses it and meets the finer errors.
   */
  private static void checkObject(String part, byte[] json) throws WireException {
    int first = 0;
    int last = json.length - 1;
    while (first < last && isSpace(json[first])) {
      first++;
    }
    while (last > first && isSpace(json[last])) {
      last--;
    }
    if (first >= last || json[first] != '{' || json[last] != '}') {
      throw new WireException(Reason.MALFORMED, part + " of a message is not a JSON object");
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
