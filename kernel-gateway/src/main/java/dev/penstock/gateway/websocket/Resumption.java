package dev.penstock.gateway.websocket;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.protocol.message.Channel;
import org.jspecify.annotations.Nullable;

/** Where a client that comes back goes on (docs/websocket.md). */
final class Resumption {
  private static final String LOST =
      "\nPenstock: output is missing here: there was more than is kept for clients that are away\n";

  private Resumption() {}

  /**
   * Number of the first log entry that a client gets.
   *
   * @param after {@code msg_id} of the last message that it got; null if it does not say
   */
  static long first(RemoteClient client, @Nullable String after) {
    long confirmed = client.confirmed();
    if (after == null || after.isEmpty()) {
      return confirmed;
    }
    OutputLog log = client.kernel().log();
    // Mostly it is one of the last.
    long found = find(log, confirmed, log.next(), after);
    if (found < 0) {
      found = find(log, 0, confirmed, after);
    }
    return found < 0 ? confirmed : found + 1;
  }

  /** A reply on control tells nothing: it comes before its turn. */
  private static long find(OutputLog log, long from, long to, String msgId) {
    long position = from;
    while (position < to) {
      OutputLog.Slice slice = log.read(position, 1);
      for (Logged logged : slice.entries()) {
        OutputEntry entry = logged.entry();
        if (entry.channel() != Channel.CONTROL && entry.msgId().equals(msgId)) {
          return logged.seq();
        }
      }
      if (slice.next() <= position) {
        return -1;
      }
      position = slice.next();
    }
    return -1;
  }

  /** Says on stderr that entries are gone that a client had not got. */
  static OutputEntry lost(byte[] parentHeader) {
    return Notice.stderr(LOST, parentHeader);
  }
}
