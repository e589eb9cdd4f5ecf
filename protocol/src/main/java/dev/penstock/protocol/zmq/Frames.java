package dev.penstock.protocol.zmq;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;
import zmq.Msg;
import zmq.SocketBase;
import zmq.ZError;

/** Whole messages to and from one socket, never waiting, never copying. */
final class Frames {

  /** What became of a message. */
  enum Sent {
    /** On its way. */
    YES,
    /** Nothing was sent: a receiver has too much waiting. */
    FULL,
    /** Nothing was sent: the receiver is not connected. */
    GONE
  }

  private Frames() {}

  /** The next message that has arrived, or null. */
  static @Nullable List<byte[]> receive(ZMQ.Socket socket) {
    SocketBase base = socket.base();
    Msg first = base.recv(ZMQ.DONTWAIT);
    if (first == null) {
      check(base);
      return null;
    }
    List<byte[]> frames = new ArrayList<>(8);
    frames.add(first.data());
    for (Msg last = first; last.hasMore(); ) {
      // ZeroMQ delivers messages whole: once the first part is here, so are the others.
      last = base.recv(ZMQ.DONTWAIT);
      if (last == null) {
        check(base);
        return frames;
      }
      frames.add(last.data());
    }
    return frames;
  }

  /** Sends all frames or none. */
  static Sent send(ZMQ.Socket socket, List<byte[]> frames) {
    SocketBase base = socket.base();
    int last = frames.size() - 1;
    for (int i = 0; i <= last; i++) {
      int flags = i < last ? ZMQ.DONTWAIT | ZMQ.SNDMORE : ZMQ.DONTWAIT;
      if (!base.send(new Msg(frames.get(i)), flags)) {
        // Refusals come with the first frame; sockets take the rest of what they began.
        if (base.errno() == ZError.EHOSTUNREACH) {
          return Sent.GONE;
        }
        check(base);
        return Sent.FULL;
      }
    }
    return Sent.YES;
  }

  private static void check(SocketBase base) {
    int errno = base.errno();
    if (errno != 0 && errno != ZError.EAGAIN) {
      throw new ZMQException(errno);
    }
  }
}
