package dev.penstock.protocol.zmq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;
import zmq.ZError;

/**
 * Echoes the heartbeats of all sessions on one daemon thread that does nothing else, so nothing a
 * session does can delay them.
 *
 * <p>{@link #add} and {@link #remove} are for any thread; registered sockets belong to the
 * heartbeat thread, which also closes them.
 */
final class Heartbeats implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

  /** Echoes for one socket before the others get their turn. */
  private static final int BATCH = 64;

  private static final Duration MAX_WAIT = Duration.ofSeconds(5);

  private final ZmqRuntime runtime;
  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final List<ZMQ.Socket> sockets = new ArrayList<>(); // heartbeat thread only

  // Guarded by this.
  private @Nullable Thread thread;
  private @Nullable Wakeup wakeup;
  private volatile boolean closed;

  Heartbeats(ZmqRuntime runtime) {
    this.runtime = runtime;
  }

  /** Hands a bound socket over to the heartbeat thread. */
  void add(ZMQ.Socket socket) {
    command(() -> sockets.add(socket));
  }

  /** Closes a registered socket; it is closed when this returns. */
  void remove(ZMQ.Socket socket) {
    CountDownLatch done = new CountDownLatch(1);
    boolean taken =
        command(() -> {
          sockets.remove(socket);
          socket.close();
          done.countDown();
        });
    if (taken) {
      awaitQuietly(done);
    }
  }

  private synchronized boolean command(Runnable command) {
    if (closed) {
      return false; // the runtime closes all sockets
    }
    commands.add(command);
    Wakeup bell = wakeup;
    if (bell == null) {
      bell = start();
    }
    bell.signal();
    return true;
  }

  private synchronized Wakeup start() {
    Wakeup bell;
    try {
      bell = new Wakeup();
    } catch (IOException e) {
      // Out of file descriptors: without heartbeats the session must not start.
      throw new UncheckedIOException("cannot start the heartbeat thread", e);
    }
    wakeup = bell;
    thread = Thread.ofPlatform().daemon().name("penstock-heartbeat").start(() -> run(bell));
    return bell;
  }

  private void run(Wakeup bell) {
    while (!closed) {
      try (ZMQ.Poller poller = runtime.poller(sockets.size() + 1)) {
        poller.register(bell.channel(), ZMQ.Poller.POLLIN);
        sockets.forEach(socket -> poller.register(socket, ZMQ.Poller.POLLIN));
        echoUntilSignal(poller, bell);
      } catch (ZMQException e) {
        if (e.getErrorCode() == ZError.ETERM) {
          return; // the runtime was closed
        }
        LOG.error("heartbeat thread: {}", e.toString());
      }
      for (Runnable next = commands.poll(); next != null; next = commands.poll()) {
        next.run();
      }
    }
  }

  private void echoUntilSignal(ZMQ.Poller poller, Wakeup bell) {
    while (!bell.drain()) {
      if (poller.poll(-1) < 0) {
        return;
      }
      for (int i = 0; i < sockets.size(); i++) {
        if (poller.pollin(i + 1)) {
          echo(sockets.get(i));
        }
      }
    }
  }

  private static void echo(ZMQ.Socket socket) {
    for (int i = 0; i < BATCH; i++) {
      List<byte[]> frames = Frames.receive(socket);
      if (frames == null) {
        return;
      }
      // A peer that is gone or does not read its echoes loses them: that is its own affair.
      Frames.send(socket, frames);
    }
  }

  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      closed = true;
      running = thread;
      if (wakeup != null) {
        wakeup.signal();
      }
    }
    if (running != null) {
      try {
        running.join(MAX_WAIT);
      } catch (InterruptedException e) {
        // Asked to hurry: the thread is a daemon and ends by itself.
        Thread.currentThread().interrupt();
      }
    }
    Wakeup bell = wakeup;
    if (bell != null) {
      bell.close();
    }
  }

  private static void awaitQuietly(CountDownLatch done) {
    try {
      if (!done.await(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("a heartbeat socket was not closed within {}", MAX_WAIT);
      }
    } catch (InterruptedException e) {
      // Asked to hurry: the socket is closed a moment later.
      Thread.currentThread().interrupt();
    }
  }
}
