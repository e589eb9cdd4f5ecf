package dev.penstock.protocol.zmq;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends another thread's wait in a poller. Calls before the next {@link #drain} count as one.
 *
 * <p>{@link #signal} is for any thread, the rest for the waiting one.
 */
final class Wakeup implements AutoCloseable {

  private final Pipe pipe;
  private final AtomicBoolean pending = new AtomicBoolean();

  Wakeup() throws IOException {
    pipe = Pipe.open();
    pipe.source().configureBlocking(false);
    pipe.sink().configureBlocking(false);
  }

  /** The channel that becomes readable. */
  Pipe.SourceChannel channel() {
    return pipe.source();
  }

  void signal() {
    if (!pending.compareAndSet(false, true)) {
      return;
    }
    try {
      pipe.sink().write(ByteBuffer.allocate(1));
    } catch (IOException e) {
      // Closed: the waiting thread has ended and there is nobody to wake.
    }
  }

  /** True if there was a signal; forgets it. */
  boolean drain() {
    if (!pending.get()) {
      return false;
    }
    try {
      if (pipe.source().read(ByteBuffer.allocate(1)) <= 0) {
        return false; // the flag is set, its byte is on the way
      }
    } catch (IOException e) {
      // Closed by close() at the same time: the caller's next call on a socket says so.
      return true;
    }
    pending.set(false);
    return true;
  }

  @Override
  public void close() {
    pending.set(true); // later signals do nothing
    try {
      pipe.sink().close();
      pipe.source().close();
    } catch (IOException e) {
      // Closing a pipe has nothing to flush: the descriptors are gone either way.
    }
  }
}
