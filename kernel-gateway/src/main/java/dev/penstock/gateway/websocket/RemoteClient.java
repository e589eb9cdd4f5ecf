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
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A client of one kernel, known by its {@code session_id} (WS-02). It stays when its WebSocket
 * breaks: answers to what it had asked and outputs wait in the log, and a WebSocket with the same
 * id goes on behind what has arrived for certain (WS-34). Thread-safe.
 */
final class RemoteClient implements Recipient {
  private final Kernel kernel;
  private final String sessionId;
  private final Client address;
  private final AtomicReference<@Nullable Feed> feed = new AtomicReference<>();

  /** Number of the first log entry that may not have arrived. */
  private final AtomicLong confirmed;

  /** Number of the last log entry that told a restart and was sent to this client. */
  private final AtomicLong restartTold = new AtomicLong(-1);

  private volatile Instant left = Instant.now();

  RemoteClient(Kernel kernel, String sessionId) {
    this.kernel = kernel;
    this.sessionId = sessionId;
    this.address = new Client(this, List.of(sessionId.getBytes(StandardCharsets.UTF_8)));
    this.confirmed = new AtomicLong(kernel.log().next());
  }

  Kernel kernel() {
    return kernel;
  }

  /** Hands a message to the kernel, if its type is allowed. */
  void send(Envelope envelope, ChannelRules rules) throws FrameException {
    try {
      Header header = Header.parse(envelope.message().header());
      if (!rules.allows(header.msgType())) {
        throw new FrameException("its type is none of --allowed-message-types");
      }
      kernel.submit(new Request(address, envelope.channel(), header, envelope.message()));
    } catch (WireException e) {
      throw new FrameException(String.valueOf(e.getMessage()));
    }
  }

  /** Whether an entry is for this client: what is for all, and its own answers (WS-32). */
  boolean sees(Logged logged) {
    return switch (logged.entry().channel()) {
      case IOPUB -> true;
      case SHELL, STDIN, CONTROL -> isMine(logged);
      case HEARTBEAT -> false;
    };
  }

  private boolean isMine(Logged logged) {
    Client to = logged.entry().to();
    return to == null ? logged.session().equals(sessionId) : to.recipient() == this;
  }

  @Override
  public void deliverNow(OutputLog log, OutputEntry entry) {
    Feed open = feed.get();
    if (open != null) {
      open.hurry(entry);
    }
  }

  /** Number of the first log entry that may not have arrived. */
  long confirmed() {
    return confirmed.get();
  }

  /** All entries before this one have arrived. */
  void confirm(long next) {
    confirmed.accumulateAndGet(next, Math::max);
  }

  /**
   * Whether this entry, which tells a restart, is sent for the first time: JupyterLab's library
   * opens its WebSocket anew at each, mostly before it could tell that it has it.
   */
  boolean tellRestart(long seq) {
    return restartTold.getAndAccumulate(seq, Math::max) < seq;
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
