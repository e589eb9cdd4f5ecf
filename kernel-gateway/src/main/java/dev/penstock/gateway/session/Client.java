package dev.penstock.gateway.session;

import java.util.Arrays;
import java.util.List;

/**
 * Who sent a request, and how that client is found again.
 *
 * @param recipient takes the answers
 * @param identities tells the recipient's clients apart: on ZeroMQ the routing frames of the
 *     request, sent back unchanged (WIRE-16)
 */
public record Client(Recipient recipient, List<byte[]> identities) {
  /** Whether both came from the same client. */
  boolean same(Client other) {
    return recipient.equals(other.recipient)
        && Arrays.deepEquals(identities.toArray(), other.identities.toArray());
  }
}
