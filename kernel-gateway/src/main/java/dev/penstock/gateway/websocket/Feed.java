package dev.penstock.gateway.websocket;

import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.tally.Tally;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a client what the log has for it, on a virtual thread of its own: one that does not read
 * holds up nothing but itself. Its thread must never be interrupted: Java closes a channel whose
 * writer is.
 */
final class Feed implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  /** How long the thread of a closed WebSocket may stay. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** A frame that does not leave in this time goes to nobody: the connection is given up. */
  private static final Duration STALL = Duration.ofMinutes(10);

  private final RemoteClient client;
  private final Wire wire;
  private final Session socket;
  private final Instant began = Instant.now();
  private volatile boolean ended;

  Feed(RemoteClient client, Wire wire, Session socket) {
    this.client = client;
    this.wire = wire;
    this.socket = socket;
  }

  /** Takes over from the WebSocket that the client had before, and begins. */
  void begin() {
    Feed before = client.attach(this);
    if (before != null) {
      before.replaced();
    }
    Thread.ofVirtual().name("feed-" + client.kernel().id()).start(this);
  }

  Session socket() {
    return socket;
  }

  /** Takes the client's next message. */
  void demand() {
    if (!ended) {
      socket.demand();
    }
  }

  /** The WebSocket is closed. */
  void end() {
    ended = true;
    client.detach(this);
  }

  private void replaced() {
    ended = true;
    Callback closed = Callback.from(socket::disconnect, _ -> socket.disconnect());
    socket.close(1000, "replaced by a newer connection of this session_id", closed);
  }

  @Override
  public void run() {
    try {
      while (!ended) {
        if (!step()) {
          boolean _ = client.kernel().log().await(client.position(), LOOK);
        }
      }
    } catch (IOException e) {
      // The client is gone; it may come again and goes on at its position.
      LOG.atDebug().setCause(e).log("websocket broke");
      socket.disconnect();
    } catch (RuntimeException e) {
      // A fault of ours: this client is let go, it may come again.
      LOG.atError().addKeyValue("kernel", client.kernel().id()).setCause(e).log("feed failed");
      socket.disconnect();
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but a JVM that ends.
      Thread.currentThread().interrupt();
    } finally {
      client.detach(this);
    }
  }

  /** Sends the next entry; false if there is none yet. */
  private boolean step() throws IOException {
    client.turn().lock();
    try {
      if (ended) {
        return true;
      }
      OutputEntry urgent = client.nextUrgent();
      if (urgent != null) {
        send(urgent);
        return true;
      }
      return follow(client.kernel().log());
    } finally {
      client.turn().unlock();
    }
  }

  private boolean follow(OutputLog log) throws IOException {
    OutputLog.Slice slice = log.read(client.position(), 1);
    for (Logged logged : slice.entries()) {
      if (client.sees(logged)) {
        send(logged.entry());
        count(logged);
      }
    }
    client.kernel().tally().missed(Math.max(0, slice.first() - client.position()));
    // What is gone from the log is passed over.
    client.reached(slice.next());
    return !slice.entries().isEmpty();
  }

  /** How long it was on its way, unless it had waited for a client that was away. */
  private void count(Logged logged) {
    if (!logged.at().isBefore(began)) {
      Duration way = Duration.between(logged.at(), Instant.now());
      client.kernel().tally().took(Tally.Stage.DOOR, way);
    }
  }

  private void send(OutputEntry entry) throws IOException {
    CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();
    Callback done = Callback.from(() -> sent.complete(null), sent::completeExceptionally);
    Wire.Outgoing frame = wire.encode(entry);
    client.kernel().tally().sent(Tally.Way.WEBSOCKET, frame.bytes());
    if (frame.binary() != null) {
      socket.sendBinary(frame.binary(), done);
    } else {
      socket.sendText(String.valueOf(frame.text()), done);
    }
    try {
      sent.get(STALL.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("not sent", e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("the client does not read", e);
    }
  }
}
