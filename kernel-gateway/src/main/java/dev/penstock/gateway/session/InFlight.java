package dev.penstock.gateway.session;

import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.FrameType;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one shell that the worker has: the first runs, the others are ahead, so that the
 * worker does not wait for the gateway between two short cells. Belongs to the session's owner
 * thread.
 *
 * <p>Each request tells the worker the number of the last reply that the gateway had seen: an
 * execute_request that was sent before the reply of a failed one is aborted by the worker, later
 * ones are not (docs/worker-link.md).
 */
final class InFlight {
  /** Enough to bridge the gateway's reaction time with cells of a few hundred microseconds. */
  static final int AHEAD = 8;

  /**
   * All that is ahead fits into the link's socket buffer: the owner thread never waits for the
   * worker to read.
   */
  static final long MOST_BYTES = 48 << 10;

  private final int shell;
  private final int most;
  private final Consumer<Frame> lane;
  private final Deque<Request> sent = new ArrayDeque<>();
  private long answered;
  private long bytes;

  /**
   * Of one shell.
   *
   * @param shell the shell's number
   * @param most how many requests the worker may have
   * @param lane takes the frames
   */
  InFlight(int shell, int most, Consumer<Frame> lane) {
    this.shell = shell;
    this.most = most;
    this.lane = lane;
  }

  /** What runs now, null when the worker has nothing. */
  @Nullable Request running() {
    return sent.peekFirst();
  }

  /** Number of the request that runs. */
  long number() {
    return Frame.number(shell, answered + 1);
  }

  /**
   * Whether the worker may have this one, too. A request of control never runs ahead of the reply
   * before it: its {@code started} would be earlier than that reply's date.
   */
  boolean takes(Request request) {
    return sent.isEmpty()
        || (request.channel() != Channel.CONTROL
            && sent.size() < most
            && bytes + size(request) <= MOST_BYTES);
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
    long number = Frame.number(shell, answered + sent.size());
    lane.accept(new Frame(FrameType.REQUEST, flags, number, Frame.number(shell, answered), parts));
  }

  /** Hands over the answer to a question of the request that runs. */
  void sendInput(byte[] content) {
    lane.accept(new Frame(FrameType.INPUT_REPLY, 0, number(), List.of(content)));
  }

  /** Size of all that the worker has, in bytes. */
  long bytes() {
    return bytes;
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

  /** What the worker has and did not begin. */
  List<Request> ahead() {
    return sent.stream().skip(1).toList();
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
