package dev.penstock.protocol.zmq;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.connection.CurveKeys;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * A client's ends of a kernel's five sockets. One thread owns them; only {@link #wakeup} is for any
 * thread. Shell, control and stdin share one identity, so that input requests find the client.
 */
public final class ClientSockets implements AutoCloseable {

  private static final List<Channel> SERVICE =
      List.of(Channel.HEARTBEAT, Channel.CONTROL, Channel.STDIN, Channel.SHELL, Channel.IOPUB);
  private static final int LINGER_MS = 1_000;

  private final Map<Channel, ZMQ.Socket> sockets = new EnumMap<>(Channel.class);
  private final CompletableFuture<Boolean> stdinGreeted;
  private final Wakeup wakeup;
  private final boolean encrypted;
  private final ZMQ.Poller all;
  private final ZMQ.Poller withoutIopub;

  private ClientSockets(ZmqRuntime runtime, ConnectionInfo kernel, SocketLimits limits)
      throws IOException {
    byte[] identity = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    encrypted = kernel.curve() != null;
    wakeup = new Wakeup();
    all = runtime.poller(SERVICE.size() + 1);
    withoutIopub = runtime.poller(SERVICE.size());
    all.register(wakeup.channel(), ZMQ.Poller.POLLIN);
    withoutIopub.register(wakeup.channel(), ZMQ.Poller.POLLIN);
    for (Channel channel : SERVICE) {
      SocketType type = channel == Channel.IOPUB ? SocketType.SUB : SocketType.DEALER;
      sockets.put(channel, open(runtime, kernel.curve(), type, channel, limits.maxMessageBytes()));
    }
    stdinGreeted = Greeting.of(socket(Channel.STDIN), encrypted);
    for (Channel channel : SERVICE) {
      ZMQ.Socket socket = socket(channel);
      if (channel == Channel.IOPUB) {
        socket.subscribe(new byte[0]);
      } else if (channel != Channel.HEARTBEAT) {
        socket.setIdentity(identity);
      }
      socket.setIPv6(kernel.ip().indexOf(':') >= 0);
      socket.connect(address(kernel, channel));
      all.register(socket, ZMQ.Poller.POLLIN);
      if (channel != Channel.IOPUB) {
        withoutIopub.register(socket, ZMQ.Poller.POLLIN);
      }
    }
  }

  private static ZMQ.Socket open(
      ZmqRuntime runtime,
      @Nullable CurveKeys curve,
      SocketType type,
      Channel channel,
      long maxBytes) {
    if (curve == null) {
      return runtime.socket(type, maxBytes, LINGER_MS);
    }
    ZMQ.Socket socket = runtime.encrypted(type, channel, maxBytes, LINGER_MS);
    Curve.connect(socket, curve, channel == Channel.HEARTBEAT);
    return socket;
  }

  /** Starts to connect to a kernel that need not be there yet, and subscribes to all of iopub. */
  public static ClientSockets connect(
      ZmqRuntime runtime, ConnectionInfo kernel, SocketLimits limits) {
    try {
      return new ClientSockets(runtime, kernel, limits);
    } catch (IOException e) {
      // The pipe for wakeups: the process is out of file descriptors.
      throw new UncheckedIOException("cannot open the client's sockets", e);
    }
  }

  /** Kernels that listen everywhere are reached on this machine. */
  private static String address(ConnectionInfo kernel, Channel channel) {
    boolean everywhere = kernel.ip().equals("*") || kernel.ip().equals("0.0.0.0");
    return everywhere
        ? kernel.transport() + "://127.0.0.1:" + kernel.port(channel)
        : kernel.address(channel);
  }

  /**
   * Completes when the kernel's stdin socket knows this client; for any thread. A kernel's question
   * to a client that it does not know there is lost, and the channels connect in any order.
   */
  public CompletableFuture<Boolean> stdinGreeted() {
    return stdinGreeted.copy();
  }

  /**
   * The next message, iopub last.
   *
   * @param max how long to wait for one; zero does not wait
   * @param withIopub false leaves iopub messages where they are, so that the kernel's end sees a
   *     slow reader
   * @return null after that time or after {@link #wakeup}
   */
  public @Nullable Received poll(Duration max, boolean withIopub) {
    Deadline deadline = Deadline.in(max);
    while (true) {
      Received received = next(withIopub);
      if (received != null || wakeup.drain() || deadline.isOver()) {
        return received;
      }
      (withIopub ? all : withoutIopub).poll(deadline.millisLeft());
    }
  }

  private @Nullable Received next(boolean withIopub) {
    for (Channel channel : SERVICE) {
      if (channel == Channel.IOPUB && !withIopub) {
        continue;
      }
      List<byte[]> frames = Frames.receive(socket(channel));
      if (frames != null) {
        return new Received(channel, frames);
      }
    }
    return null;
  }

  /**
   * Sends a message to the kernel; never waits.
   *
   * @return false if too much waits for the kernel already, or there is no memory to encrypt it
   */
  public boolean send(Channel channel, List<byte[]> frames) {
    if (encrypted && !ZmqRuntime.canEncrypt(frames)) {
      return false;
    }
    return Frames.send(socket(channel), frames) == Frames.Sent.YES;
  }

  /** Ends the owner's current or next {@link #poll}. */
  public void wakeup() {
    wakeup.signal();
  }

  @Override
  public void close() {
    all.close();
    withoutIopub.close();
    wakeup.close();
    sockets.values().forEach(ZMQ.Socket::close);
  }

  private ZMQ.Socket socket(Channel channel) {
    return Objects.requireNonNull(sockets.get(channel));
  }
}
