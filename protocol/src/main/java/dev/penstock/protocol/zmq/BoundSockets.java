package dev.penstock.protocol.zmq;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.connection.CurveKeys;
import dev.penstock.protocol.message.Channel;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** Five sockets of a kernel, made with their options and bound. For their owner thread. */
final class BoundSockets {

  /**
   * Peers send nothing but subscriptions on iopub. JeroMQ walks a topic by recursion, one byte a
   * step, on the owner's thread: a long one would overflow its stack.
   */
  private static final int MAX_TOPIC_BYTES = 1_024;

  private static final int MAX_HEARTBEAT_BYTES = 1 << 20;
  private static final Duration RELEASE_LIMIT = Duration.ofSeconds(10);

  private final Binder binder;
  private final Map<Channel, ZMQ.Socket> sockets = new EnumMap<>(Channel.class);
  private ConnectionInfo connection;

  private BoundSockets(Binder binder, ConnectionInfo wanted) {
    this.binder = binder;
    this.connection = wanted;
  }

  /** Binds all five or none. */
  static BoundSockets bind(ZmqRuntime runtime, ConnectionInfo wanted, SocketLimits limits)
      throws BindException {
    BoundSockets bound = new BoundSockets(new Binder(wanted.ip()), wanted);
    for (Channel channel : Channel.values()) {
      ZMQ.Socket socket = create(runtime, wanted.curve(), channel, limits);
      try {
        int port = bound.binder.bind(socket, channel, wanted.port(channel));
        bound.sockets.put(channel, socket);
        bound.connection = bound.connection.withPort(channel, port);
      } catch (BindException e) {
        // Told to the caller, after what was bound so far is gone again.
        socket.close();
        bound.close(List.copyOf(bound.sockets.keySet()));
        throw e;
      }
    }
    return bound;
  }

  private static ZMQ.Socket create(
      ZmqRuntime runtime, @Nullable CurveKeys curve, Channel channel, SocketLimits limits) {
    int linger = Math.toIntExact(limits.linger().toMillis());
    return switch (channel) {
      case SHELL, CONTROL, STDIN -> {
        ZMQ.Socket socket =
            open(runtime, curve, SocketType.ROUTER, channel, limits.maxMessageBytes(), linger);
        socket.setRouterHandover(true); // a client that reconnects takes its identity over
        socket.setRouterMandatory(true); // tells a full client from one that is gone
        socket.setSndHWM(limits.replyHighWaterMark());
        yield socket;
      }
      case IOPUB -> {
        ZMQ.Socket socket = open(runtime, curve, SocketType.XPUB, channel, MAX_TOPIC_BYTES, linger);
        socket.setXpubVerbose(true); // an event for each subscriber, also of a known topic
        socket.setSndHWM(limits.publishHighWaterMark());
        yield socket;
      }
      case HEARTBEAT -> {
        ZMQ.Socket socket =
            open(runtime, curve, SocketType.ROUTER, channel, MAX_HEARTBEAT_BYTES, 0);
        socket.setRouterHandover(true);
        yield socket;
      }
    };
  }

  private static ZMQ.Socket open(
      ZmqRuntime runtime,
      @Nullable CurveKeys curve,
      SocketType type,
      Channel channel,
      long maxBytes,
      int linger) {
    if (curve == null) {
      return runtime.socket(type, maxBytes, linger);
    }
    ZMQ.Socket socket = runtime.encrypted(type, channel, maxBytes, linger);
    Curve.serve(socket, curve);
    return socket;
  }

  /** The wanted connection with the ports that were bound. */
  ConnectionInfo connection() {
    return connection;
  }

  ZMQ.Socket socket(Channel channel) {
    return Objects.requireNonNull(sockets.get(channel));
  }

  /** Closes some of the sockets and waits until their ports can be bound again. */
  void close(Collection<Channel> channels) {
    channels.forEach(channel -> socket(channel).close());
    channels.forEach(this::awaitFree);
  }

  /** Waits until the port of a closed socket can be bound again. */
  void awaitFree(Channel channel) {
    binder.awaitFree(connection.port(channel), RELEASE_LIMIT);
  }
}
