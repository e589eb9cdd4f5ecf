package dev.penstock.gateway.session;

import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.FrameType;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests that the worker has: the first runs, the others are ahead, so that the worker does
 * not wait for the gateway between two short cells. Belongs to the session's owner thread.
 *
 * <p>Each request tells the worker the number of the last reply that the gateway had seen: an
 * execute_request that was sent before the reply of a failed one is aborted by the worker, later
 * ones are not (docs/worker-link.md).
 */
final class InFlight {
  /** Enough to bridge the gateway's reaction time with cells of a few hundred microseconds. */
  private static final int MOST = 8;

  /**
   * All that is ahead fits into the link's socket buffer: the owner thread never waits for the
   * worker to read.
   */
  private static final long MOST_BYTES = 48 << 10;

  private final WorkerControl worker;
  private final Deque<Request> sent = new ArrayDeque<>();
  private long answered;
  private long bytes;

  InFlight(WorkerControl worker) {
    this.worker = worker;
  }

  /** What runs now, null when the worker has nothing. */
  @Nullable Request running() {
    return sent.peekFirst();
  }

  /** Number of the request that runs. */
  long number() {
    return answered + 1;
  }

  /** Whether the worker may have this one, too. */
  boolean takes(Request request) {
    return sent.isEmpty() || (sent.size() < MOST && bytes + size(request) <= MOST_BYTES);
  }

  /** Gives the worker a request. */
  void send(Request request) {
    sent.addLast(request);
    bytes += size(request);
    Message message = request.message();
    List<byte[]> parts = new ArrayList<>(4 + message.buffers().size());
    parts.add(message.header());
    parts.add(message.parentHeader());
    parts.add(message.metadata());
    parts.add(message.content());
    parts.addAll(message.buffers());
    int flags = request.channel() == Channel.CONTROL ? Frame.CONTROL_CHANNEL : 0;
    worker.send(new Frame(FrameType.REQUEST, flags, answered + sent.size(), answered, parts));
  }

  /**
   * The request that this reply answers; it is in flight no more. Null if the reply is out of turn.
   */
  @Nullable Request answeredBy(Frame reply) {
    if (sent.isEmpty() || reply.number() != number()) {
      return null;
    }
    answered++;
    Request request = sent.removeFirst();
    bytes -= size(request);
    return request;
  }

  private static long size(Request request) {
    Message message = request.message();
    long sum = 64L + message.header().length + message.parentHeader().length;
    sum += message.metadata().length + message.content().length;
    for (byte[] buffer : message.buffers()) {
      sum += buffer.length;
    }
    return sum;
  }
}
