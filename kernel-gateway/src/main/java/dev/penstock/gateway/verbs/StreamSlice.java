package dev.penstock.gateway.verbs;

import java.util.List;

/**
 * A stretch of what a stream said.
 *
 * @param messages in order; may be empty
 * @param next the position to read on from
 * @param lost how many entries of the kernel's log before these are gone: the reader was too slow
 * @param over whether the stream has ended: the last message is {@code Done}
 */
public record StreamSlice(List<StreamMessage> messages, long next, long lost, boolean over) {
  /** Takes the messages as they are now. */
  public StreamSlice {
    messages = List.copyOf(messages);
  }
}
