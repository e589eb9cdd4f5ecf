package dev.penstock.gateway.session;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every message of a session to its clients, in order, numbered from 0. All doors read from here,
 * so that they agree on what was said. Bounded: the oldest entries go first, and a reader that asks
 * for what is gone is told how much it missed. Written by the session's owner thread, read by any.
 */
public interface OutputLog {
  /** Appends an entry and returns its sequence number. */
  long append(OutputEntry entry);

  /**
   * Whether the log takes more now without delay. Who has output that can wait keeps it until then;
   * who appends nevertheless may have to wait for the disk.
   */
  default boolean hasRoom() {
    return true;
  }

  /** The number the next entry will get. */
  long next();

  /**
   * Waits until the entry with this number is there, or was and is gone; for any thread, and many
   * may wait.
   *
   * @return false if it is not there after this time
   */
  boolean await(long seq, Duration limit) throws InterruptedException;

  /** The entry with this number, or null if it is gone or not there yet. */
  @Nullable OutputEntry get(long seq);

  /**
   * Entries from {@code from} (or the oldest kept one, if later) on, at most {@code limit}, fewer
   * when they are large. Numbers may be left out where later entries made earlier ones needless.
   */
  Slice read(long from, int limit);

  /**
   * A stretch of the log.
   *
   * @param first where it begins: later than asked for if what was before is gone
   * @param entries in order; may be empty
   * @param next the number to read on from
   */
  record Slice(long first, List<Logged> entries, long next) {}

  /** Lets go of what is over the bound; entries from {@code needed} on stay, whatever they cost. */
  void trim(long needed);
}
