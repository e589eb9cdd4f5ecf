package dev.penstock.protocol.zmq;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.connection.RegistrationInfo;
import dev.penstock.protocol.wire.RegistrationCodec;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** Registers kernels with the launchers that asked for it (JEP 66). Thread-safe. */
public final class Registrar {

  private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

  /** Acknowledgements are short. */
  private static final int MAX_BYTES = 1 << 16;

  /**
   * After this the connection is made anew, and the message, which has not left yet, goes there.
   * JeroMQ 0.6 forgets to watch a connection that is established in the same moment as the I/O
   * thread gets a command; for sockets with traffic the next event mends it, but this one has none.
   */
  private static final int HANDSHAKE_MS = 500;

  private final ZmqRuntime runtime;

  /** Opens a socket in this runtime for each registration. */
  public Registrar(ZmqRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * Tells a launcher a kernel's ports and waits for its signed acknowledgement.
   *
   * @param codec signs with the key of the registration file
   * @return false if none came in time; messages with a wrong signature are passed over
   */
  public boolean register(
      RegistrationInfo launcher, ConnectionInfo kernel, RegistrationCodec codec, Duration limit) {
    Deadline deadline = Deadline.in(limit);
    ZMQ.Socket socket = runtime.socket(SocketType.DEALER, MAX_BYTES, 0);
    try (socket;
        ZMQ.Poller poller = runtime.poller(1)) {
      socket.setHandshakeIvl(HANDSHAKE_MS);
      socket.setIPv6(launcher.ip().indexOf(':') >= 0);
      socket.connect(launcher.address());
      poller.register(socket, ZMQ.Poller.POLLIN);
      Frames.send(socket, codec.encode(launcher.content(kernel)));
      while (!deadline.isOver()) {
        List<byte[]> frames = Frames.receive(socket);
        if (frames == null) {
          poller.poll(deadline.millisLeft());
        } else if (codec.isSigned(frames)) {
          return true;
        } else {
          LOG.warn("registration: an acknowledgement with a wrong signature was dropped");
        }
      }
      return false;
    }
  }
}
