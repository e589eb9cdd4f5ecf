package dev.penstock.gateway.websocket;

import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.session.Client;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Recipient;
import dev.penstock.gateway.session.Request;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A client of one kernel, known by its {@code session_id} (WS-02). It stays when its WebSocket
 * breaks: answers to what it had asked and outputs wait in the log from where it had read them to,
 * and a WebSocket with the same id goes on there (WS-34). Thread-safe.
 */
final class RemoteClient implements Recipient {
  private final Kernel kernel;
  private final String sessionId;
  private final Client address;
  private final Queue<OutputEntry> urgent = new ConcurrentLinkedQueue<>();

  /**
   * Answers on control that came to be sent once; each comes twice, in a hurry and by its turn in
   * the log. Guarded by {@link #turn}.
   */
  private final Set<OutputEntry> sentOnce = Collections.newSetFromMap(new IdentityHashMap<>());

  private final ReentrantLock turn = new ReentrantLock();
  private final AtomicReference<@Nullable Feed> feed = new AtomicReference<>();

  private volatile long position;
  private volatile Instant left = Instant.now();

  RemoteClient(Kernel kernel, String sessionId) {
    this.kernel = kernel;
    this.sessionId = sessionId;
    this.address = new Client(this, List.of(sessionId.getBytes(StandardCharsets.UTF_8)));
    this.position = kernel.log().next();
  }

  Kernel kernel() {
    return kernel;
  }

  /** Hands a message to the kernel. */
  void send(Envelope envelope) throws FrameException {
    try {
      Header header = Header.parse(envelope.message().header());
      kernel.submit(new Request(address, envelope.channel(), header, envelope.message()));
    } catch (WireException e) {
      throw new FrameException(String.valueOf(e.getMessage()));
    }
  }

  /** Held while an entry is on its way to the client: of two feeds only one sends. */
  ReentrantLock turn() {
    return turn;
  }

  /**
   * Whether this client gets an entry of the log in its turn: what is for all, and its own answers
   * (WS-32) unless they were sent before.
   */
  boolean sees(Logged logged) {
    OutputEntry entry = logged.entry();
    return switch (entry.channel()) {
      case IOPUB -> true;
      case SHELL, STDIN -> isMine(logged);
      case CONTROL -> isMine(logged) && isFirst(entry);
      case HEARTBEAT -> false;
    };
  }

  private boolean isMine(Logged logged) {
    Client to = logged.entry().to();
    return to == null ? logged.session().equals(sessionId) : to.recipient() == this;
  }

  @Override
  public void deliverNow(OutputLog log, OutputEntry entry) {
    urgent.add(entry);
  }

  /** The next entry that need not wait for data and was not sent; null if there is none. */
  @Nullable OutputEntry nextUrgent() {
    OutputEntry next = urgent.poll();
    while (next != null && !isFirst(next)) {
      next = urgent.poll();
    }
    return next;
  }

  private boolean isFirst(OutputEntry entry) {
    return !sentOnce.remove(entry) && sentOnce.add(entry);
  }

  /** Number of the first log entry that it has not got. */
  long position() {
    return position;
  }

  void reached(long next) {
    position = next;
  }

  /** Takes over from the WebSocket that was there before (WS-33); returns that one. */
  @Nullable Feed attach(Feed next) {
    return feed.getAndSet(next);
  }

  /** A WebSocket is over. */
  void detach(Feed gone) {
    if (feed.compareAndSet(gone, null)) {
      left = Instant.now();
    }
  }

  /** Since when no WebSocket is there; null while one is. */
  @Nullable Instant awaySince() {
    return feed.get() == null ? left : null;
  }
}
