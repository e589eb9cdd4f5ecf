package dev.penstock.protocol.zmq;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZMQ;

/**
 * The five bound sockets of one kernel.
 *
 * <p>{@link #poll}, {@link #send} and {@link Publisher#offer} belong to one thread, the owner: the
 * first that calls one of them. {@link #wakeup} and {@link #stopHeartbeat} are for any thread;
 * {@link #close} is for the owner, or for any thread once the owner has stopped.
 */
public final class KernelSockets implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KernelSockets.class);

  /** Order of service: control before everything (messaging spec), requests last. */
  private static final List<Channel> SERVICE =
      List.of(Channel.CONTROL, Channel.STDIN, Channel.SHELL, Channel.IOPUB);

  /**
   * How long a refused iopub message waits until it is offered again. JeroMQ does not tell when a
   * subscriber has read; waking up for each of its internal commands was measured and is slower.
   */
  private static final Duration REFUSED_POLL = Duration.ofMillis(1);

  private final BoundSockets bound;
  private final ZmqRuntime runtime;
  private final AtomicBoolean heartbeatStopped = new AtomicBoolean();
  private final Publisher publisher;
  private final Wakeup wakeup;
  private final ZMQ.Poller poller;
  private final boolean encrypted;
  private @Nullable Thread owner;
  private volatile boolean closed;

  private KernelSockets(
      ZmqRuntime runtime, BoundSockets bound, Wakeup wakeup, SocketLimits limits) {
    this.bound = bound;
    this.runtime = runtime;
    this.encrypted = bound.connection().curve() != null;
    Patience patience =
        encrypted
            ? Patience.encrypted(limits.stallPatience(), limits.publishHighWaterMark())
            : Patience.fixed(limits.stallPatience());
    this.publisher = new Publisher(bound.socket(Channel.IOPUB), patience);
    this.wakeup = wakeup;
    this.poller = runtime.poller(SERVICE.size() + 1);
    poller.register(wakeup.channel(), ZMQ.Poller.POLLIN);
    SERVICE.forEach(channel -> poller.register(bound.socket(channel), ZMQ.Poller.POLLIN));
    runtime.heartbeats().add(bound.socket(Channel.HEARTBEAT));
  }

  /**
   * Binds all five sockets; the heartbeat answers from then on.
   *
   * @param wanted ports that are 0 are chosen outside the system's ephemeral range
   * @throws BindException if a socket cannot be bound; none is left bound then
   */
  public static KernelSockets bind(ZmqRuntime runtime, ConnectionInfo wanted, SocketLimits limits)
      throws BindException {
    BoundSockets bound = BoundSockets.bind(runtime, wanted, limits);
    try {
      return new KernelSockets(runtime, bound, new Wakeup(), limits);
    } catch (IOException | RuntimeException e) {
      // Out of file descriptors, or a closed runtime: nothing may stay bound.
      bound.close(EnumSet.allOf(Channel.class));
      throw new BindException(Channel.SHELL, wanted.ip(), wanted.shellPort(), e.toString());
    }
  }

  /** Where the sockets are bound: the wanted connection with real ports. */
  public ConnectionInfo connection() {
    return bound.connection();
  }

  /**
   * The next message, control before stdin before shell before iopub's subscription events.
   *
   * @param max how long to wait for one; rounded up to milliseconds; zero does not wait
   * @return null after that time, after {@link #wakeup}, or, if an iopub message was refused, when
   *     a subscriber has read some, at the latest after 20 ms
   */
  public @Nullable Received poll(Duration max) {
    own();
    boolean soon = publisher.isRefusing() && max.compareTo(REFUSED_POLL) > 0;
    Deadline deadline = Deadline.in(soon ? REFUSED_POLL : max);
    while (true) {
      Received received = next();
      if (received != null || wakeup.drain() || deadline.isOver()) {
        return received;
      }
      poller.poll(deadline.millisLeft());
    }
  }

  private @Nullable Received next() {
    for (Channel channel : SERVICE) {
      List<byte[]> frames = Frames.receive(bound.socket(channel));
      if (frames != null && (channel != Channel.IOPUB || isSubscription(frames))) {
        publisher.refresh();
        return new Received(channel, frames);
      }
    }
    return null;
  }

  /**
   * The next subscription event that has come (1 and the topic, or 0 and the topic for its end),
   * whatever else waits; null if there is none. Who asks for it before each message that it
   * publishes can greet a subscriber before that one gets anything else.
   */
  public byte @Nullable [] subscription() {
    own();
    List<byte[]> frames = Frames.receive(bound.socket(Channel.IOPUB));
    while (frames != null && !isSubscription(frames)) {
      frames = Frames.receive(bound.socket(Channel.IOPUB));
    }
    return frames == null ? null : frames.getFirst();
  }

  private static boolean isSubscription(List<byte[]> frames) {
    byte[] event = frames.getFirst();
    return frames.size() == 1 && event.length > 0 && (event[0] == 0 || event[0] == 1);
  }

  /** Ends the owner's current or next {@link #poll}; many calls may end one. */
  public void wakeup() {
    wakeup.signal();
  }

  /**
   * Sends a message to the client that its first frame names; never waits. A client that is gone,
   * or that leaves too many replies unread, loses it.
   *
   * @param channel SHELL, CONTROL or STDIN
   * @param frames identities first
   * @return false if the client did not get it: it is not connected (yet, perhaps: the channels of
   *     a client connect in any order), or one of the reasons above
   */
  public boolean send(Channel channel, List<byte[]> frames) {
    own();
    if (channel == Channel.IOPUB || channel == Channel.HEARTBEAT) {
      throw new IllegalArgumentException("not a channel of replies: " + channel);
    }
    if (!canTake(frames)) {
      LOG.warn("{}: there is no memory to encrypt a large reply; it was dropped", channel);
      return false;
    }
    Frames.Sent sent = Frames.send(bound.socket(channel), frames);
    if (sent == Frames.Sent.FULL) {
      LOG.warn("{}: a client does not read its replies; one was dropped", channel);
    }
    return sent == Frames.Sent.YES;
  }

  /**
   * Whether there is memory for this message now. Only encryption needs any: three times a frame's
   * size, and there {@link Publisher#offer} must not be called without.
   */
  public boolean canTake(List<byte[]> frames) {
    return !encrypted || ZmqRuntime.canEncrypt(frames);
  }

  /** The iopub channel. */
  public Publisher publisher() {
    return publisher;
  }

  /** Unbinds the heartbeat, so that clients see the kernel as dead; the rest goes on. */
  public void stopHeartbeat() {
    if (heartbeatStopped.compareAndSet(false, true)) {
      runtime.heartbeats().remove(bound.socket(Channel.HEARTBEAT));
      bound.awaitFree(Channel.HEARTBEAT);
    }
  }

  /**
   * Closes all sockets. What was sent still leaves in the background for the time of linger. When
   * this returns, the ports can be bound again.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    stopHeartbeat();
    poller.close();
    wakeup.close();
    bound.close(SERVICE);
  }

  private void own() {
    Thread current = Thread.currentThread();
    if (owner == null) {
      owner = current;
    } else if (!owner.equals(current)) {
      throw new IllegalStateException("the sockets belong to thread " + owner.getName());
    }
    if (closed) {
      throw new IllegalStateException("the sockets are closed");
    }
  }
}
