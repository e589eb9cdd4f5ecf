package dev.penstock.gateway.commands;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.logview.OutputSink;
import dev.penstock.gateway.session.Logged;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * Messages on a WebSocket, one JSON object each, as {@link CommandJson} writes lines. Thread-safe:
 * one message leaves at a time.
 */
final class SocketSink implements OutputSink {
  /** A message that does not leave in this time goes to nobody: the connection is given up. */
  private static final Duration STALL = Duration.ofMinutes(1);

  private final Session session;
  private final boolean binary;

  SocketSink(Session session, boolean binary) {
    this.session = session;
    this.binary = binary;
  }

  @Override
  public void begin() {}

  @Override
  public void told(Logged logged) throws IOException {
    text(Told.json(logged, binary));
  }

  @Override
  public void lost(long from, long count) throws IOException {
    text(Json.bytes(Json.object().put("lost", count).put("from", from)));
  }

  /** What the viewer asked for cannot be done. */
  void error(String message) throws IOException {
    text(Json.bytes(Json.object().put("error", message)));
  }

  private void text(byte[] json) throws IOException {
    String text = new String(json, StandardCharsets.UTF_8);
    send(done -> session.sendText(text, done));
  }

  @Override
  public void idle() throws IOException {
    send(done -> session.sendPing(ByteBuffer.allocate(0), done));
  }

  @Override
  public void end(long next) {}

  /** Each message is handed on at once. */
  @Override
  public void flush() {}

  private synchronized void send(Consumer<Callback> sending) throws IOException {
    CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();
    sending.accept(Callback.from(() -> sent.complete(null), sent::completeExceptionally));
    try {
      sent.get(STALL.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("not sent", e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("the viewer does not read", e);
    }
  }
}
