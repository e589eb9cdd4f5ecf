package dev.penstock.gateway.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One accepted connection of a worker link, for writing. Thread-safe.
 *
 * <p>A session's owner thread must never wait for Python: a frame that fits into the socket's
 * buffer is written at once (the worker has read all earlier ones before it gets the next), a
 * larger one by a virtual thread of its own.
 */
public final class LinkConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LinkConnection.class);

  /** Well below Linux' default socket buffer (208 KiB). */
  private static final int SMALL = 64 << 10;

  private final SocketChannel channel;
  private final ReentrantLock writing = new ReentrantLock();

  LinkConnection(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Sends a frame.
   *
   * @throws IllegalArgumentException if the frame is over the link's limit
   */
  public void send(Frame frame) {
    ByteBuffer encoded = FrameWriter.encode(frame);
    if (encoded.remaining() <= SMALL && !writing.isLocked()) {
      write(encoded);
    } else {
      Thread.ofVirtual().name("link-writer").start(() -> write(encoded));
    }
  }

  /** Sends a frame by a thread of its own: for frames that may have to wait for the worker. */
  public void sendAside(Frame frame) {
    ByteBuffer encoded = FrameWriter.encode(frame);
    Thread.ofVirtual().name("link-writer").start(() -> write(encoded));
  }

  private void write(ByteBuffer encoded) {
    writing.lock();
    try {
      FrameWriter.write(channel, encoded);
    } catch (IOException e) {
      // The worker is going or gone: the keeper tells how it ended, and that decides what happens
      // to the session.
      LOG.atDebug().setCause(e).log("worker link write failed");
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is lost: the connection ends either way.
      LOG.atDebug().setCause(e).log("worker link did not close cleanly");
    }
  }
}
