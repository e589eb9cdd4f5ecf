package dev.penstock.gateway.door;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Input requests whose client was not connected on stdin when they were asked. A client's channels
 * connect in any order, each when it likes: the request that asks may come before its client can be
 * asked, and then the question would be lost and the code wait for ever. So it is offered again
 * until the client takes it or its request is over. Belongs to the session's owner thread.
 */
final class Questions {
  private static final long FIRST_PAUSE = Duration.ofMillis(5).toNanos();
  private static final long LAST_PAUSE = Duration.ofMillis(250).toNanos();

  /** Sends a message, or says false. */
  private final Predicate<List<byte[]>> sender;

  /** Messages by the header of the request that asks. */
  private final Map<ByteBuffer, List<byte[]>> open = new HashMap<>();

  private long pause = FIRST_PAUSE;
  private long next;

  Questions(Predicate<List<byte[]>> sender) {
    this.sender = sender;
  }

  /** Asks now, or as soon as the client is there; an older question of this request is over. */
  void ask(byte[] parentHeader, List<byte[]> frames) {
    withdraw(parentHeader);
    if (!sender.test(frames)) {
      open.put(ByteBuffer.wrap(parentHeader), frames);
      pause = FIRST_PAUSE;
      next = System.nanoTime() + pause;
    }
  }

  /** The request with this header is over, and with it its question. */
  void withdraw(byte[] parentHeader) {
    open.remove(ByteBuffer.wrap(parentHeader));
  }

  /** Asks again what is due. */
  void askAgain() {
    if (!open.isEmpty() && System.nanoTime() - next >= 0) {
      open.values().removeIf(sender);
      pause = Math.min(pause * 2, LAST_PAUSE);
      next = System.nanoTime() + pause;
    }
  }

  /** How long the owner may wait before {@link #askAgain} has something to do. */
  Duration patience(Duration atMost) {
    if (open.isEmpty()) {
      return atMost;
    }
    Duration left = Duration.ofNanos(Math.max(0, next - System.nanoTime()));
    return left.compareTo(atMost) < 0 ? left : atMost;
  }
}
