package dev.penstock.gateway.websocket;

import java.nio.ByteBuffer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/**
 * Tells what has arrived. What was written to a connection that is cut may never have reached the
 * client; so pings are sent behind messages, with the number of the next log entry, and clients
 * answer pings by themselves (RFC 6455, 5.5.3). A ping goes out after each {@link #WINDOW} bytes,
 * and whenever there is nothing to send and no earlier one is open. Thread-safe.
 */
final class Receipts {
  /** Bytes of messages that go out without a ping behind them, save that one may be larger. */
  static final int WINDOW = 64 << 10;

  private final RemoteClient client;
  private final Session socket;

  /** Number of the log entry after the last one whose frame is out. */
  private long sent;

  /** What the last ping asked for. */
  private long asked;

  private long answered;
  private long bytes;
  private boolean pausing;

  /** None yet, for a connection that begins with the log entry of this number. */
  Receipts(RemoteClient client, Session socket, long first) {
    this.client = client;
    this.socket = socket;
    this.sent = first;
    this.asked = first;
    this.answered = first;
  }

  /** All entries before {@code next} are out; the last frame had this size. */
  synchronized void sent(long next, long size) {
    sent = next;
    bytes += size;
    pausing = false;
    if (bytes >= WINDOW) {
      ask();
    }
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
    long next = payload.getLong(payload.position());
    if (next > answered && next <= asked) {
      answered = next;
      client.confirm(next);
    }
    if (pausing) {
      askIfAnswered();
    }
  }

  private void askIfAnswered() {
    if (sent > asked && answered == asked) {
      ask();
    }
  }

  private void ask() {
    asked = sent;
    bytes = 0;
    socket.sendPing(ByteBuffer.allocate(Long.BYTES).putLong(asked).flip(), Callback.NOOP);
  }
}
