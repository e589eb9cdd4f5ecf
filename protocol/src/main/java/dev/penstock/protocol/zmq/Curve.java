package dev.penstock.protocol.zmq;

import dev.penstock.protocol.connection.CurveKeys;
import org.zeromq.ZMQ;

/**
 * Encrypted sockets (CurveZMQ, ZeroMQ RFC 26; JEP 145). Whoever knows the server's public key may
 * connect, with any key of its own; the messages are signed as they are without encryption.
 */
final class Curve {

  /** What encryption adds to a frame: command name, nonce, flags and authenticator. */
  static final int OVERHEAD = 33;

  private Curve() {}

  /** Makes a socket a kernel's end; before it is bound. */
  static void serve(ZMQ.Socket socket, CurveKeys keys) {
    socket.setCurveServer(true);
    socket.setCurvePublicKey(keys.publicBytes());
    socket.setCurveSecretKey(keys.secretBytes());
  }

  /**
   * Makes a socket a client's end; before it is connected. As in jupyter_client, the client shows
   * the kernel's own key pair, and on the heartbeat one that is made for this socket.
   */
  static void connect(ZMQ.Socket socket, CurveKeys kernel, boolean isHeartbeat) {
    socket.setCurveServerKey(kernel.publicBytes());
    ZMQ.Curve.KeyPair own =
        isHeartbeat
            ? ZMQ.Curve.generateKeyPair()
            : new ZMQ.Curve.KeyPair(kernel.publicKey(), kernel.secretKey());
    socket.setCurvePublicKey(ZMQ.Curve.z85Decode(own.publicKey));
    socket.setCurveSecretKey(ZMQ.Curve.z85Decode(own.secretKey));
  }
}
