package dev.penstock.gateway.session;

import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.WireException;
import java.time.Instant;

/**
 * An entry in its place in the log.
 *
 * @param seq its number; of several stream messages made into one, that of the last
 * @param at when it was logged, to the millisecond
 * @param session session id of the client whose request it answers ({@code session} of the parent
 *     header, spec "General message format"), "" where there is none and on iopub: entries that
 *     come from a file have no {@link OutputEntry#to}, and a client is known by this
 */
public record Logged(long seq, Instant at, String session, OutputEntry entry) {

  /** An entry logged at this time. */
  public static Logged of(long seq, Instant at, OutputEntry entry) {
    return new Logged(seq, at, entry.to() == null ? "" : session(entry.parentHeader()), entry);
  }

  private static String session(byte[] parentHeader) {
    try {
      return Header.parse(parentHeader).session();
    } catch (WireException e) {
      // A reply to nothing that could be read: nobody can be told from it.
      return "";
    }
  }
}
