package dev.penstock.gateway.websocket;

import dev.penstock.gateway.kernels.Kernel;
import java.nio.ByteBuffer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket at a kernel's channels (WS-30). Jetty calls it from one thread at a time, and only
 * if it is public.
 */
public final class ChannelsSocket implements Session.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelsSocket.class);

  private final RemoteClient client;
  private final Wire wire;
  private final Pings pings;
  private final ChannelRules rules;
  private final @Nullable String after;
  private @Nullable Feed feed;
  private Runnable farewell = () -> {};

  ChannelsSocket(
      RemoteClient client, Wire wire, Pings pings, ChannelRules rules, @Nullable String after) {
    this.client = client;
    this.wire = wire;
    this.pings = pings;
    this.rules = rules;
    this.after = after;
  }

  @Override
  public void onWebSocketOpen(Session session) {
    pings.opened(session);
    Kernel kernel = client.kernel();
    kernel.connected(1);
    Feed opened = new Feed(client, wire, session, rules, after);
    feed = opened;
    opened.begin();
    farewell = opened::kernelGone;
    kernel.sayWhenGone(farewell);
    session.demand();
  }

  @Override
  public void onWebSocketPong(ByteBuffer payload) {
    Feed open = feed;
    if (open != null) {
      pings.answered(open.socket());
      open.arrived(payload);
      open.demand();
    }
  }

  @Override
  public void onWebSocketPing(ByteBuffer payload) {
    Feed open = feed;
    if (open != null) {
      open.socket().sendPong(payload, Callback.NOOP);
      open.demand();
    }
  }

  @Override
  public void onWebSocketBinary(ByteBuffer frame, Callback callback) {
    try {
      take(wire.decode(frame));
    } catch (FrameException e) {
      dropped(e);
    }
    callback.succeed();
    demand();
  }

  @Override
  public void onWebSocketText(String frame) {
    try {
      take(wire.decode(frame));
    } catch (FrameException e) {
      dropped(e);
    }
    demand();
  }

  private void take(@Nullable Envelope envelope) throws FrameException {
    if (envelope != null) {
      client.send(envelope, rules);
    }
  }

  /** WS-23: dropped, and the service goes on. */
  private void dropped(FrameException e) {
    LOG.atWarn()
        .addKeyValue("kernel", client.kernel().id())
        .addKeyValue("reason", e.getMessage())
        .log("frame dropped");
  }

  private void demand() {
    Feed open = feed;
    if (open != null) {
      open.demand();
    }
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    LOG.atDebug().setCause(cause).log("websocket failed");
    over();
  }

  @Override
  public void onWebSocketClose(int status, String reason, Callback callback) {
    over();
    callback.succeed();
  }

  private void over() {
    Feed open = feed;
    if (open != null) {
      feed = null;
      pings.closed(open.socket());
      open.end();
      client.kernel().doNotSay(farewell);
      client.kernel().connected(-1);
    }
  }
}
