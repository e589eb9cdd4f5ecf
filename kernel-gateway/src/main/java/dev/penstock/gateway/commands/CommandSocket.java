package dev.penstock.gateway.commands;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One viewer by WebSocket, who can also send input. Jetty calls it from one thread at a time, and
 * only if it is public.
 */
public final class CommandSocket implements Session.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(CommandSocket.class);

  private final Command command;
  private final long from;
  private @Nullable Session session;
  private @Nullable SocketSink sink;
  private volatile boolean closed;

  CommandSocket(Command command, long from) {
    this.command = command;
    this.from = from;
  }

  @Override
  public void onWebSocketOpen(Session opened) {
    SocketSink made = new SocketSink(opened, command.order().binary());
    session = opened;
    sink = made;
    Thread.ofVirtual()
        .name("command-viewer-" + command.order().id())
        .start(() -> follow(opened, made));
    opened.demand();
  }

  private void follow(Session opened, SocketSink made) {
    try {
      new Follower(command, from, made, () -> closed).follow();
      opened.close(StatusCode.NORMAL, "the command has ended", Callback.NOOP);
    } catch (IOException e) {
      // The viewer is gone, or does not read: it can come again where it was.
      LOG.atDebug().setCause(e).log("viewer left");
      opened.disconnect();
    } catch (InterruptedException e) {
      // Nobody interrupts this thread.
      Thread.currentThread().interrupt();
      opened.disconnect();
    }
  }

  @Override
  public void onWebSocketText(String message) {
    SocketSink open = sink;
    if (open == null) {
      return;
    }
    try {
      answer(message, open);
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("viewer left");
    }
    demand();
  }

  private void answer(String message, SocketSink open) throws IOException {
    try {
      Controls.message(command, Json.readObject(message.getBytes(StandardCharsets.UTF_8)));
    } catch (JsonLineException e) {
      open.error("a message must be a JSON object");
    } catch (HttpException e) {
      open.error(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    // Input by the bytes themselves would hide a mistake: messages are JSON.
    callback.succeed();
    demand();
  }

  @Override
  public void onWebSocketPing(ByteBuffer payload) {
    Session open = session;
    if (open != null) {
      open.sendPong(payload, Callback.NOOP);
    }
    demand();
  }

  @Override
  public void onWebSocketPong(ByteBuffer payload) {
    demand();
  }

  private void demand() {
    Session open = session;
    if (open != null) {
      open.demand();
    }
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    LOG.atDebug().setCause(cause).log("viewer lost");
    closed = true;
  }

  @Override
  public void onWebSocketClose(int status, String reason, Callback callback) {
    closed = true;
    callback.succeed();
  }
}
