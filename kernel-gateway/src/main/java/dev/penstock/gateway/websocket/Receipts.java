package dev.penstock.gateway.websocket;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/**
 * Tells what has arrived. What was written to a connection that is cut may never have reached the
 * client; so pings are sent behind messages, each with its number, and clients answer pings by
 * themselves and in order (RFC 6455, 5.5.3). A ping goes out after each {@link #WINDOW} bytes, and
 * whenever there is nothing to send and no earlier one is open. Thread-safe.
 */
final class Receipts {
  /** Bytes of messages that go out without a ping behind them, save that one may be larger. */
  static final int WINDOW = 64 << 10;

  /**
   * Bytes of messages that may be on their way, save that one may be larger. What is urgent passes
   * what waits here, but not what is in the buffers of the network.
   */
  static final int MOST_UNDERWAY = 1 << 20;

  private final RemoteClient client;
  private final Session socket;

  /** Pings without an answer, oldest first. */
  private final Deque<Ping> open = new ArrayDeque<>();

  /** Number of the log entry after the last one whose frame is out. */
  private long next;

  /** Bytes that are out, bytes that have arrived, and bytes that were out at the last ping. */
  private long out;

  private long arrived;
  private long outAtPing;
  private long nextAtPing;
  private long pings;
  private boolean pausing;

  /**
   * A question whether all until here has arrived.
   *
   * @param next number of the log entry after the last one that went out before it
   * @param out bytes that went out before it
   */
  private record Ping(long number, long next, long out) {}

  /** None yet, for a connection that begins with the log entry of this number. */
  Receipts(RemoteClient client, Session socket, long first) {
    this.client = client;
    this.socket = socket;
    this.next = first;
    this.nextAtPing = first;
  }

  /** All entries before {@code next} are out; the last frame had this size. */
  synchronized void sent(long next, long size) {
    this.next = next;
    out += size;
    pausing = false;
    if (out - outAtPing >= WINDOW) {
      ask();
    }
  }

  /** Whether so much is on its way that more should wait. */
  synchronized boolean full() {
    return out - arrived >= MOST_UNDERWAY;
  }

  /** There is nothing more to send now. */
  synchronized void pause() {
    pausing = true;
    askIfAnswered();
  }

  /** A pong came. */
  synchronized void arrived(ByteBuffer payload) {
    if (payload.remaining() != Long.BYTES) {
      return; // of another ping
    }
    long number = payload.getLong(payload.position());
    if (number >= pings) {
      return; // of none that was sent: pongs may come unasked
    }
    // A client may answer only the last of several.
    for (Ping first = open.peek(); first != null && first.number <= number; first = open.peek()) {
      open.remove();
      arrived = first.out;
      client.confirm(first.next);
    }
    if (pausing) {
      askIfAnswered();
    }
  }

  private void askIfAnswered() {
    if (next > nextAtPing && open.isEmpty()) {
      ask();
    }
  }

  private void ask() {
    Ping ping = new Ping(pings++, next, out);
    open.add(ping);
    outAtPing = out;
    nextAtPing = next;
    ByteBuffer payload = ByteBuffer.allocate(Long.BYTES).putLong(ping.number).flip();
    socket.sendPing(payload, Callback.NOOP);
  }
}
