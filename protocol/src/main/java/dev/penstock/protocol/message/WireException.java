package dev.penstock.protocol.message;

/**
 * A received message that is refused: the one exception that decoding throws, whatever the bytes.
 * The text names the reason and sizes, never the message's content.
 */
public final class WireException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why a message was refused. */
  public enum Reason {
    /** No {@code <IDS|MSG>} frame. */
    NO_DELIMITER,
    /** Fewer than five frames after the delimiter. */
    TOO_SHORT,
    /** A JSON part is not an object. */
    MALFORMED,
    /** The signature is missing, is not lower-case hex of the right length, or does not match. */
    BAD_SIGNATURE,
    /** A message with this signature was already taken. */
    REPLAYED
  }

  private final Reason reason;

  /** Refuses a message; {@code message} is one line for the log. */
  public WireException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why the message was refused. */
  public Reason reason() {
    return reason;
  }
}
