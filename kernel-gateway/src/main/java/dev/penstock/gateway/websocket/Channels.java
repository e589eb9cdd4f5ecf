package dev.penstock.gateway.websocket;

import dev.penstock.gateway.kernels.Kernel;
import java.util.List;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /api/kernels/{id}/channels}: upgrades to a WebSocket (REST-08). Thread-safe. */
public final class Channels implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Channels.class);
  private static final List<Wire> WIRES = List.of(new KernelWire());
  private static final Wire DEFAULT = new DefaultWire();

  /** "Service restart": clients come again (WS-07). */
  private static final int RESTART = 1012;

  private final RemoteClients clients;
  private final ServerWebSocketContainer container;
  private final ChannelRules rules;
  private final Pings pings;

  /**
   * Channels by the WebSockets of a server.
   *
   * @param clients who was here before, and may come again
   */
  public Channels(ServerWebSocketContainer container, RemoteClients clients, ChannelRules rules) {
    this.container = container;
    this.clients = clients;
    this.rules = rules;
    this.pings = new Pings(container, rules.pings());
  }

  /**
   * Upgrades a call that was let in.
   *
   * @param sessionId who the client is; null for one that did not say
   * @param after {@code msg_id} of the last message that it got; null if it does not say
   * @return false if it asks for no WebSocket
   */
  public boolean upgrade(
      Kernel kernel,
      @Nullable String sessionId,
      @Nullable String after,
      Request request,
      Response response,
      Callback callback) {
    return container.upgrade(
        (upgrade, answer, _) -> {
          Wire wire = wire(upgrade.getSubProtocols());
          String subprotocol = wire.subprotocol();
          if (subprotocol != null) {
            answer.setAcceptedSubProtocol(subprotocol);
          }
          if (sessionId == null) {
            LOG.atInfo().addKeyValue("kernel", kernel.id()).log("websocket without session_id");
          }
          return new ChannelsSocket(clients.find(kernel, sessionId), wire, pings, rules, after);
        },
        request,
        response,
        callback);
  }

  /** Ends all WebSockets; their clients try again later. */
  @Override
  public void close() {
    pings.close();
    for (Session session : container.getOpenSessions()) {
      session.close(
          RESTART, "the server is stopping", org.eclipse.jetty.websocket.api.Callback.NOOP);
    }
  }

  /** The first of ours that is offered; never one that is not (WS-01). */
  private static Wire wire(List<String> offered) {
    return WIRES.stream()
        .filter(wire -> offered.contains(String.valueOf(wire.subprotocol())))
        .findFirst()
        .orElse(DEFAULT);
  }
}
