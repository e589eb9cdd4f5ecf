package dev.penstock.protocol.zmq;

import java.lang.reflect.Field;
import java.util.List;
import org.zeromq.ZMQ;
import zmq.SocketBase;
import zmq.socket.pubsub.XPub;

/**
 * Counts an XPUB socket's subscribers, and those that it passes over because they are full.
 *
 * <p>JeroMQ has no call for this, so two private fields are read: {@code XPub.dist} and, in it,
 * {@code pipes} (all subscribers) and {@code active} (those that get the next message). Only
 * counters come from here: which messages are sent where is decided by JeroMQ's public options. A
 * JeroMQ with other fields is refused when the socket is made, and a test says so first.
 *
 * <p>For the owner thread of the socket.
 */
final class Subscribers {

  private static final Field DIST = field(XPub.class, "dist");
  private static final Field PIPES = field(DIST.getType(), "pipes");
  private static final Field ACTIVE = field(DIST.getType(), "active");

  private final Object dist;
  private final List<?> pipes;

  Subscribers(ZMQ.Socket xpub) {
    SocketBase base = xpub.base();
    try {
      dist = DIST.get(base);
      pipes = (List<?>) PIPES.get(dist);
    } catch (IllegalAccessException e) {
      throw unknownJeroMq(e);
    }
  }

  /** Connected subscribers. */
  int connected() {
    return pipes.size();
  }

  /** Subscribers that get no messages now because too many wait for them already. */
  int passedOver() {
    try {
      return pipes.size() - ACTIVE.getInt(dist);
    } catch (IllegalAccessException e) {
      throw unknownJeroMq(e);
    }
  }

  private static Field field(Class<?> owner, String name) {
    try {
      Field field = owner.getDeclaredField(name);
      field.setAccessible(true);
      return field;
    } catch (NoSuchFieldException e) {
      throw unknownJeroMq(e);
    }
  }

  private static IllegalStateException unknownJeroMq(Exception e) {
    return new IllegalStateException("this version of JeroMQ is not supported", e);
  }
}
