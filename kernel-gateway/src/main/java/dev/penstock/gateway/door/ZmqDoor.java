package dev.penstock.gateway.door;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.Client;
import dev.penstock.gateway.session.Door;
import dev.penstock.gateway.session.Inbound;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Request;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.HeaderFactory;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import dev.penstock.protocol.wire.WireCodec;
import dev.penstock.protocol.zmq.KernelSockets;
import dev.penstock.protocol.zmq.Received;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ZeroMQ door of one session: five sockets, signed messages (spec: "The wire protocol").
 * Belongs to the session's owner thread, as its sockets do; only {@link #wakeup} may be called from
 * elsewhere.
 */
public final class ZmqDoor implements Door {
  private static final Logger LOG = LoggerFactory.getLogger(ZmqDoor.class);

  /** Messages taken from the sockets before the owner does its other work. */
  private static final int MESSAGES_PER_STEP = 64;

  /** Bytes that iopub holds back for its audience before the worker has to wait, too. */
  private static final long MOST_HELD = 4L << 20;

  private final String kernelId;
  private final KernelSockets sockets;
  private final WireCodec codec;
  private final HeaderFactory headers;
  private final Questions questions;
  private final Replies replies;
  private final Audience audience;

  private final Welcomes welcomes;

  /**
   * The encoded message that a client did not take yet: it is offered again as it is, in its place.
   */
  private @Nullable List<byte[]> waiting;

  private long position;

  /** The number of the first entry whose reply was not sent while iopub was held back. */
  private long replied;

  /** Bytes of the entries that were passed over while iopub was held back. */
  private long held;

  private boolean stalled;

  /**
   * A door over bound sockets.
   *
   * @param audiences who listened before a restart
   * @param from number of the first log entry that it sends
   */
  public ZmqDoor(
      String kernelId,
      KernelSockets sockets,
      WireCodec codec,
      HeaderFactory headers,
      Audiences audiences,
      long from) {
    this.kernelId = kernelId;
    this.sockets = sockets;
    this.codec = codec;
    this.headers = headers;
    position = from;
    questions = new Questions(frames -> sockets.send(Channel.STDIN, frames));
    replies = new Replies(frames -> sockets.send(Channel.SHELL, frames));
    welcomes = new Welcomes(codec, headers);
    audience = new Audience(audiences, sockets.connection());
  }

  @Override
  public void serve(Duration patience, Inbound inbound) {
    Received received =
        sockets.poll(replies.patience(audience.patience(questions.patience(patience))));
    for (int i = 0; received != null; i++) {
      take(received.channel(), received.frames(), inbound);
      received = i < MESSAGES_PER_STEP ? sockets.poll(Duration.ZERO) : null;
    }
  }

  @Override
  public void wakeup() {
    sockets.wakeup();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public boolean deliver(OutputLog log) {
    questions.askAgain();
    replies.sendDue();
    if (!greet() || (waiting != null && !offer(waiting))) {
      return false;
    }
    if (audience.isAwaited()) {
      passStarting(log);
      return replyAhead(log);
    }
    for (OutputEntry entry = log.get(position); entry != null; entry = log.get(position)) {
      if (entry.channel() == Channel.IOPUB && !greet()) {
        return false;
      }
      position++;
      if ((entry.channel() == Channel.IOPUB || position > replied) && !send(entry)) {
        return false;
      }
    }
    return true;
  }

  /**
   * That a kernel is starting is news only when it does: who hears it later, while a cell runs that
   * was sent meanwhile, takes it for a death (qtconsole).
   */
  private void passStarting(OutputLog log) {
    OutputEntry entry = log.get(position);
    if (entry != null && entry.isStarting()) {
      position++;
      boolean _ = sockets.publisher().offer(encode(List.of(entry.topic()), entry));
    }
  }

  /**
   * Replies do not wait for iopub's audience: a client that waits for one may not look at iopub
   * meanwhile, and ZeroMQ subscribes again only when it does.
   */
  private boolean replyAhead(OutputLog log) {
    replied = Math.max(replied, position);
    for (OutputEntry entry = log.get(replied); entry != null; entry = log.get(++replied)) {
      if (entry.channel() != Channel.IOPUB) {
        send(entry);
      }
      held += entry.bytes();
    }
    return held < MOST_HELD;
  }

  @Override
  public void deliverNow(OutputLog log, OutputEntry entry) {
    deliver(log);
    sendTo(entry);
  }

  @Override
  public void stopHeartbeat() {
    sockets.stopHeartbeat();
  }

  @Override
  public void close() {
    replies.sendAll();
    audience.leave(sockets.publisher().subscribers());
    sockets.close();
  }

  private boolean send(OutputEntry entry) {
    return switch (entry.channel()) {
      case IOPUB -> publish(entry);
      case SHELL, STDIN -> {
        sendTo(entry);
        yield true;
      }
      // Sent by deliverNow when it was made.
      case CONTROL, HEARTBEAT -> true;
    };
  }

  private boolean publish(OutputEntry entry) {
    List<byte[]> frames = encode(List.of(entry.topic()), entry);
    replies.published(entry);
    return offer(sockets.canTake(frames) ? frames : notice(entry));
  }

  /** What a user sees in place of an output that cannot be encrypted for want of memory. */
  private List<byte[]> notice(OutputEntry entry) {
    long size = entry.content().length;
    LOG.atWarn()
        .addKeyValue("session", kernelId)
        .addKeyValue("bytes", size)
        .log("no memory to encrypt an output; a notice was sent in its place");
    String text =
        "Penstock: an output of %d MB was dropped, because the gateway has no memory to encrypt it"
            .formatted(size >> 20);
    byte[] content =
        Json.write(g -> {
          g.writeStringProperty("name", "stderr");
          g.writeStringProperty("text", text + "\n");
        });
    return codec.encode(
        new Message(
            List.of("stream.stderr".getBytes(StandardCharsets.US_ASCII)),
            headers.next("stream"),
            entry.parentHeader(),
            Json.emptyObject(),
            content,
            List.of()));
  }

  private void sendTo(OutputEntry entry) {
    Client to = entry.to();
    if (to == null || to.recipient() != this) {
      return;
    }
    List<byte[]> frames = encode(to.identities(), entry);
    if (entry.channel() == Channel.STDIN) {
      questions.ask(entry.parentHeader(), frames);
    } else {
      questions.withdraw(entry.parentHeader());
      if (entry.channel() == Channel.SHELL) {
        replies.send(entry.parentHeader(), frames);
      } else {
        sockets.send(entry.channel(), frames);
      }
    }
  }

  /**
   * Welcomes those who subscribed before now. It comes before each message: the socket gives a new
   * subscriber what is published next, and its welcome is to be the first that it gets.
   */
  private boolean greet() {
    for (int i = 0; i < MESSAGES_PER_STEP; i++) {
      byte[] event = sockets.subscription();
      if (event == null) {
        break;
      }
      subscription(event);
    }
    if (!welcomes.offerTo(sockets.publisher())) {
      reportStall();
      return false;
    }
    return true;
  }

  private boolean offer(List<byte[]> frames) {
    boolean taken = sockets.publisher().offer(frames);
    waiting = taken ? null : frames;
    reportStall();
    return taken;
  }

  /** Says once, when it begins, that somebody misses messages (design, decision 6). */
  private void reportStall() {
    boolean stalledNow = sockets.publisher().stalled() > 0;
    if (stalledNow && !stalled) {
      LOG.atWarn()
          .addKeyValue("session", kernelId)
          .addKeyValue("dropped", sockets.publisher().dropped())
          .log("an iopub subscriber stalled: it loses messages until it reads again");
    }
    stalled = stalledNow;
  }

  private List<byte[]> encode(List<byte[]> identities, OutputEntry entry) {
    return codec.encode(
        new Message(
            identities,
            entry.header(),
            entry.parentHeader(),
            entry.metadata(),
            entry.content(),
            entry.buffers()));
  }

  private void take(Channel channel, List<byte[]> frames, Inbound inbound) {
    if (channel == Channel.IOPUB) {
      subscription(frames.getFirst());
      return;
    }
    replies.heard();
    try {
      Message message = codec.decode(frames);
      Client client = new Client(this, message.identities());
      new Request(client, channel, Header.parse(message.header()), message).handTo(inbound);
    } catch (WireException e) {
      // WIRE-03: dropped, logged, never answered; the kernel stays healthy.
      LOG.atWarn()
          .addKeyValue("session", kernelId)
          .addKeyValue("channel", channel)
          .addKeyValue("reason", e.getMessage())
          .log("message dropped");
    }
  }

  /** An XPUB event: 1 + topic for a subscription, 0 + topic for its end (SOCK-08). */
  private void subscription(byte[] event) {
    if (event.length > 0 && event[0] == 1) {
      audience.came();
      welcomes.add(Arrays.copyOfRange(event, 1, event.length));
    }
  }
}
