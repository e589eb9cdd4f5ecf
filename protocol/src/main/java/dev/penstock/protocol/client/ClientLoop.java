package dev.penstock.protocol.client;

import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.json.Trees;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.HeaderFactory;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import dev.penstock.protocol.wire.ReplayGuard;
import dev.penstock.protocol.wire.Signer;
import dev.penstock.protocol.wire.WireCodec;
import dev.penstock.protocol.zmq.ClientSockets;
import dev.penstock.protocol.zmq.Received;
import dev.penstock.protocol.zmq.SocketLimits;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The thread that owns a client's sockets: sends what others queue, and gives each received message
 * to the request that it answers. All methods but {@link #run} are for any thread.
 */
final class ClientLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClientLoop.class);
  private static final Duration IDLE_WAIT = Duration.ofHours(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /** What a client does with messages that are not replies. */
  interface Listener {
    /** Any iopub message; {@code parent} is the header of the request that caused it. */
    void iopub(Header header, Header parent, Message message);

    /** A question to the user; must not wait. */
    void input(Header header, Message message);

    /** Nothing will come any more. */
    void ended();
  }

  private final ZmqRuntime runtime = new ZmqRuntime();
  private final ClientSockets sockets;
  private final WireCodec codec; // loop thread only
  private final HeaderFactory headers =
      new HeaderFactory(UUID.randomUUID().toString(), System.getProperty("user.name", "java"));
  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final Map<String, CompletableFuture<Reply>> replies = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Boolean>> beats = new ConcurrentHashMap<>();
  private final Backlog backlog;
  private final Listener listener;
  private final Thread thread;
  private volatile boolean closed;

  ClientLoop(ConnectionInfo kernel, Listener listener) {
    this.listener = listener;
    codec = new WireCodec(Signer.of(kernel.signatureScheme(), kernel.key()), new ReplayGuard());
    sockets = ClientSockets.connect(runtime, kernel, SocketLimits.DEFAULT);
    backlog = new Backlog(sockets::wakeup);
    thread = Thread.ofPlatform().daemon().name("penstock-client").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Completes when the kernel can ask this client's user. */
  CompletableFuture<Boolean> stdinGreeted() {
    return sockets.stdinGreeted();
  }

  Backlog backlog() {
    return backlog;
  }

  /** A new message of this client; its id is {@link Header#msgId} of its header. */
  Message message(String msgType, byte[] parentHeader, ObjectNode content) {
    return Message.of(headers.next(msgType), parentHeader, Trees.bytes(content));
  }

  /** The reply to a request that is about to be sent; fails when the client is closed. */
  CompletableFuture<Reply> expect(String id) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    replies.put(id, reply);
    if (closed) {
      reply.completeExceptionally(closedException());
    }
    return reply.whenComplete((r, e) -> replies.remove(id));
  }

  /** Sends a message. */
  void send(Channel channel, Message message) {
    command(() -> {
      if (!sockets.send(channel, codec.encode(message))) {
        LOG.warn("{}: the kernel takes no more messages; one was dropped", channel);
      }
    });
  }

  /** Sends a heartbeat; the future completes when it comes back. */
  CompletableFuture<Boolean> beat() {
    String id = UUID.randomUUID().toString();
    CompletableFuture<Boolean> echo = new CompletableFuture<>();
    beats.put(id, echo);
    // The empty frame is the envelope that REP kernels expect.
    List<byte[]> frames = List.of(new byte[0], id.getBytes(StandardCharsets.US_ASCII));
    command(() -> sockets.send(Channel.HEARTBEAT, frames));
    return echo.whenComplete((b, e) -> beats.remove(id));
  }

  private void command(Runnable command) {
    commands.add(command);
    sockets.wakeup();
  }

  private void run() {
    try {
      while (!closed) {
        for (Runnable next = commands.poll(); next != null; next = commands.poll()) {
          next.run();
        }
        Received received = sockets.poll(IDLE_WAIT, !backlog.isFull());
        if (received != null) {
          dispatch(received);
        }
      }
    } catch (RuntimeException e) {
      // A defect or a lost context: whoever waits must learn it now, not by a timeout.
      LOG.error("the client's thread ended", e);
    } finally {
      closed = true;
      for (Runnable next = commands.poll(); next != null; next = commands.poll()) {
        next.run();
      }
      sockets.close();
      replies.values().forEach(reply -> reply.completeExceptionally(closedException()));
      listener.ended();
    }
  }

  private void dispatch(Received received) {
    if (received.channel() == Channel.HEARTBEAT) {
      String id = new String(received.frames().getLast(), StandardCharsets.US_ASCII);
      CompletableFuture<Boolean> echo = beats.get(id);
      if (echo != null) {
        echo.complete(true);
      }
      return;
    }
    try {
      Message message = codec.decode(received.frames());
      Header header = Header.parse(message.header());
      Header parent = Header.parse(message.parentHeader());
      switch (received.channel()) {
        case IOPUB -> listener.iopub(header, parent, message);
        case STDIN -> listener.input(header, message);
        case SHELL, CONTROL -> reply(header, parent, message);
        case HEARTBEAT -> throw new IllegalStateException("handled above");
      }
    } catch (WireException e) {
      // Not from our kernel, or damaged: dropped as the protocol asks.
      LOG.warn("{}: dropped: {}", received.channel(), e.getMessage());
    }
  }

  private void reply(Header header, Header parent, Message message) {
    CompletableFuture<Reply> reply = replies.get(parent.msgId());
    if (reply != null) {
      reply.complete(new Reply(header, Json.object(message.content()), message));
    }
  }

  private static KernelClientException closedException() {
    return new KernelClientException("the client is closed");
  }

  @Override
  public void close() {
    closed = true;
    sockets.wakeup();
    try {
      thread.join(CLOSE_LIMIT);
    } catch (InterruptedException e) {
      // Asked to hurry: the thread ends by itself.
      Thread.currentThread().interrupt();
    }
    runtime.close();
  }
}
