package dev.penstock.gateway.session;

import java.util.Arrays;
import java.util.List;

/**
 * Who sent a request, and how its door finds that client again.
 *
 * @param door the door it came through
 * @param identities the routing frames of the request, sent back unchanged (WIRE-16)
 */
public record Client(Door door, List<byte[]> identities) {
  /** Whether both came from the same client. */
  boolean same(Client other) {
    return door.equals(other.door)
        && Arrays.deepEquals(identities.toArray(), other.identities.toArray());
  }
}
