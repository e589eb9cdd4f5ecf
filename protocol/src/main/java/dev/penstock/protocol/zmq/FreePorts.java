package dev.penstock.protocol.zmq;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Chooses ports for kernels that bind them by themselves, and gives none twice until it is given
 * back: between the choice and the kernel's bind they are free for all. Thread-safe.
 */
public final class FreePorts {
  private static final int CHANNELS = Channel.values().length;
  private static final int TRIES = 100;

  private final Ports ports = Ports.ofSystem();
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final Set<Integer> given = new HashSet<>();

  /**
   * The same kernel at five free ports of its address.
   *
   * @param kernel at an address of this machine
   * @throws BindException if none of many ports was free
   */
  public synchronized ConnectionInfo choose(ConnectionInfo kernel) throws BindException {
    List<Integer> free = new ArrayList<>();
    List<ServerSocketChannel> held = new ArrayList<>();
    try {
      for (int i = 0; i < TRIES && free.size() < CHANNELS; i++) {
        int port = ports.pick(random);
        if (!given.contains(port) && hold(kernel.ip(), port, held)) {
          free.add(port);
        }
      }
    } finally {
      held.forEach(FreePorts::close);
    }
    if (free.size() < CHANNELS) {
      throw new BindException(
          Channel.SHELL, kernel.ip(), 0, TRIES + " ports were tried, too few were free");
    }
    given.addAll(free);
    return kernel.withPorts(free.get(0), free.get(1), free.get(2), free.get(3), free.get(4));
  }

  /** The kernel is gone: its ports may be chosen again. */
  public synchronized void release(ConnectionInfo kernel) {
    for (Channel channel : Channel.values()) {
      given.remove(kernel.port(channel));
    }
  }

  private static boolean hold(String ip, int port, List<ServerSocketChannel> held) {
    try {
      ServerSocketChannel socket = ServerSocketChannel.open();
      held.add(socket);
      socket.bind(new InetSocketAddress(InetAddress.getByName(ip), port));
      return true;
    } catch (IOException e) {
      return false; // in use: that is what is asked
    }
  }

  private static void close(ServerSocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Never connected: there is nothing that could be lost.
    }
  }
}
