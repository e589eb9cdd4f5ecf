package dev.penstock.protocol.zmq;

import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/** Binds the sockets of one kernel to one address, at given ports or at ports it chooses. */
final class Binder {

  /** Tries for a port that may be chosen freely (as ipykernel does). */
  private static final int TRIES = 100;

  private static final long PROBE_NANOS = 500_000;

  /**
   * Whoever looks whether a port is free holds it for so long at most; a kernel holds it longer.
   */
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final String ip;
  private final InetAddress address;
  private final Ports ports = Ports.ofSystem();
  private final RandomGenerator random = RandomGenerator.getDefault();

  /**
   * Finds the address.
   *
   * @param ip address, host name or {@code *}
   * @throws BindException if there is no such address on this machine
   */
  Binder(String ip) throws BindException {
    this.ip = ip;
    try {
      this.address = InetAddress.getByName(ip.equals("*") ? "0.0.0.0" : ip);
      if (!address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) == null) {
        throw new BindException(Channel.SHELL, ip, 0, "this machine has no such address");
      }
    } catch (UnknownHostException e) {
      throw new BindException(Channel.SHELL, ip, 0, "the name is unknown");
    } catch (IOException e) {
      // The system does not list its interfaces.
      throw new BindException(Channel.SHELL, ip, 0, e.toString());
    }
  }

  /**
   * Binds a socket.
   *
   * @param wanted 1..65535, or 0 for any port outside the system's ephemeral range
   * @return the port
   * @throws BindException if the wanted port is taken, not only for a moment; after 100 tries if
   *     any was fine
   */
  int bind(ZMQ.Socket socket, Channel channel, int wanted) throws BindException {
    socket.setIPv6(address.getAddress().length > 4);
    if (wanted != 0) {
      if (!tryBind(socket, wanted)) {
        awaitFree(wanted, MOMENT);
        if (!tryBind(socket, wanted)) {
          throw new BindException(channel, ip, wanted, why(wanted));
        }
      }
      return wanted;
    }
    int port = 0;
    for (int i = 0; i < TRIES; i++) {
      port = ports.pick(random);
      if (tryBind(socket, port)) {
        return port;
      }
    }
    throw new BindException(channel, ip, 0, TRIES + " ports were tried, the last: " + why(port));
  }

  /**
   * Waits until a port that was closed can be bound again: JeroMQ closes listeners on another
   * thread. Gives up after the limit, because someone else may have taken the port.
   */
  void awaitFree(int port, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (probe(port) != null && System.nanoTime() < end) {
      LockSupport.parkNanos(PROBE_NANOS);
    }
  }

  private boolean tryBind(ZMQ.Socket socket, int port) {
    String host = address.getHostAddress();
    String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    try {
      return socket.bind("tcp://" + literal + ":" + port);
    } catch (ZMQException e) {
      // JeroMQ says EADDRINUSE for every failure; why() finds the true one.
      return false;
    }
  }

  private String why(int port) {
    IOException failure = probe(port);
    return failure == null ? "the port was in use" : String.valueOf(failure.getMessage());
  }

  /** What the system says to binding the port; null if it can be bound. */
  private @Nullable IOException probe(int port) {
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(new InetSocketAddress(address, port));
      return null;
    } catch (IOException e) {
      return e; // it is the answer
    }
  }
}
