package dev.penstock.gateway.websocket;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Running;
import dev.penstock.gateway.kernels.Tracebacks;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.tally.Tally;
import dev.penstock.protocol.message.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
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

  /** How long a WebSocket that was replaced may take to close in good order. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  /** A frame that does not leave in this time goes to nobody: the connection is given up. */
  private static final Duration STALL = Duration.ofMinutes(10);

  private final RemoteClient client;
  private final Wire wire;
  private final Session socket;
  private final Tracebacks tracebacks;

  /** Belongs to the feed's thread. */
  private final RateLimiter limiter;

  private final Instant began = Instant.now();
  private final @Nullable String after;

  /** Replies on control, which pass what waits. */
  private final Queue<OutputEntry> urgent = new ConcurrentLinkedQueue<>();

  /**
   * Replies on control that went out once: each comes twice, in a hurry and by its turn in the log.
   * Belongs to the feed's thread.
   */
  private final Set<String> sentOnce = new HashSet<>();

  /** Null until it is known where to begin. */
  private volatile @Nullable Receipts receipts;

  /** Number of the next log entry; written by the feed's thread. */
  private volatile long position;

  private volatile boolean ended;

  /** Rung when there may be room for more, or something that passes what waits. */
  private final Semaphore bell = new Semaphore(0);

  Feed(RemoteClient client, Wire wire, Session socket, ChannelRules rules, @Nullable String after) {
    this.client = client;
    this.wire = wire;
    this.socket = socket;
    this.tracebacks = rules.tracebacks();
    this.limiter = new RateLimiter(rules.rates());
    this.after = after;
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
    socket.demand();
  }

  /** The WebSocket is closed. */
  void end() {
    ended = true;
    bell.release();
    client.detach(this);
  }

  /** Sends this before what waits for its turn. */
  void hurry(OutputEntry entry) {
    urgent.add(entry);
    bell.release();
  }

  /** A pong came. */
  void arrived(ByteBuffer payload) {
    Receipts open = receipts;
    if (open != null) {
      open.arrived(payload);
      bell.release();
    }
  }

  /** The kernel was deleted: closes once everything is sent. */
  void kernelGone() {
    if (receipts != null && position >= client.kernel().log().next()) {
      close();
    }
  }

  /** No client should come again (WS-07). */
  private void close() {
    Ending ending = client.kernel().gone().join();
    socket.close(1000, ending.cause(), Callback.NOOP);
  }

  private void replaced() {
    ended = true;
    bell.release();
    socket.close(1000, "replaced by a newer connection of this session_id", Callback.NOOP);
    // One whose client does not read never answers.
    CompletableFuture.delayedExecutor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)
        .execute(socket::disconnect);
  }

  @Override
  public void run() {
    try {
      position = Resumption.first(client, after);
      Receipts open = new Receipts(client, socket, position);
      receipts = open;
      tellWhatRuns(open);
      while (!ended) {
        if (!step(open)) {
          open.pause();
          if (client.kernel().gone().isDone()) {
            close();
            return;
          }
          boolean _ = client.kernel().log().await(position, LOOK);
        }
      }
    } catch (IOException e) {
      // The client is gone; it may come again and goes on behind what has arrived.
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

  /**
   * Front ends forget a kernel's state with their connection, and a busy kernel does not answer
   * them. The idle that ends it comes by its turn in the log, and so does all of a cell that began
   * behind what the client has. Who says what it got last also knows the state.
   */
  private void tellWhatRuns(Receipts open) throws IOException {
    Running cell = after == null ? client.kernel().running() : null;
    if (cell != null && cell.seq() <= position) {
      open.sent(position, send(Notice.busy(cell.request())));
    }
  }

  /** Sends the next entry, or waits until it may; false if there is none yet. */
  private boolean step(Receipts open) throws IOException, InterruptedException {
    OutputEntry hurried = urgent.poll();
    if (hurried != null) {
      if (isFirst(hurried)) {
        open.sent(position, send(hurried));
      }
      return true;
    }
    if (open.full()) {
      boolean _ = bell.tryAcquire(LOOK.toNanos(), TimeUnit.NANOSECONDS);
      bell.drainPermits();
      return true;
    }
    OutputLog.Slice slice = client.kernel().log().read(position, 1);
    if (slice.first() > position) {
      boolean any = !slice.entries().isEmpty();
      byte[] parent = any ? slice.entries().getFirst().entry().parentHeader() : Json.emptyObject();
      open.sent(position, send(Resumption.lost(parent)));
    }
    for (Logged logged : slice.entries()) {
      boolean wanted = client.sees(logged) && isFirst(logged.entry()) && isNews(logged);
      open.sent(logged.seq() + 1, wanted ? pass(logged) : 0);
    }
    client.kernel().tally().missed(Math.max(0, slice.first() - position));
    position = slice.next();
    return !slice.entries().isEmpty();
  }

  /** Sends an entry if there are not too many; returns how many bytes went out. */
  private long pass(Logged logged) throws IOException {
    RateLimiter.Verdict verdict = limiter.next(logged);
    long bytes = 0;
    for (String notice : verdict.notices()) {
      bytes += send(Notice.stderr(notice, logged.entry().parentHeader()));
    }
    if (!verdict.sent()) {
      client.kernel().tally().missed(1);
      return bytes;
    }
    bytes += send(logged.entry());
    count(logged);
    return bytes;
  }

  private boolean isFirst(OutputEntry entry) {
    if (entry.channel() != Channel.CONTROL) {
      return true;
    }
    String id = entry.msgId();
    return !sentOnce.remove(id) && sentOnce.add(id);
  }

  /** A client that names the last message it got is told exactly what follows. */
  private boolean isNews(Logged logged) {
    return !logged.entry().isRestarting() || client.tellRestart(logged.seq()) || after != null;
  }

  /** How long it was on its way, unless it had waited for a client that was away. */
  private void count(Logged logged) {
    if (!logged.at().isBefore(began)) {
      Duration way = Duration.between(logged.at(), Instant.now());
      client.kernel().tally().took(Tally.Stage.DOOR, way);
    }
  }

  /** Returns how many bytes it were. */
  private long send(OutputEntry entry) throws IOException {
    CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();
    Callback done = Callback.from(() -> sent.complete(null), sent::completeExceptionally);
    Wire.Outgoing frame = wire.encode(tracebacks.of(entry));
    long bytes = frame.bytes();
    client.kernel().tally().sent(Tally.Way.WEBSOCKET, bytes);
    if (frame.binary() != null) {
      socket.sendBinary(frame.binary(), done);
    } else {
      socket.sendText(String.valueOf(frame.text()), done);
    }
    try {
      sent.get(STALL.toNanos(), TimeUnit.NANOSECONDS);
      return bytes;
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
