package dev.penstock.gateway.commands;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.WholeNumber;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;

/** {@code GET /api/v1/commands/{id}/socket}: upgrades to a WebSocket. Thread-safe. */
public final class CommandSockets {
  private static final Pattern PATH = Pattern.compile("/api/v1/commands/([^/]+)/socket/?");

  private final ServerWebSocketContainer container;
  private final Commands commands;

  /** WebSockets of a server at these commands. */
  public CommandSockets(ServerWebSocketContainer container, Commands commands) {
    this.container = container;
    this.commands = commands;
  }

  /**
   * Upgrades a call that was let in, or says false if its path is not of here.
   *
   * @throws HttpException 404 if there is no such command, 400 if {@code from} is no number
   */
  public boolean upgrade(String path, Request request, Response response, Callback callback)
      throws HttpException {
    Matcher match = PATH.matcher(path);
    if (!match.matches()) {
      return false;
    }
    Command command = commands.find(match.group(1));
    long from = WholeNumber.of("from", Request.extractQueryParameters(request).getValue("from"), 0);
    return container.upgrade(
        (_, _, _) -> new CommandSocket(command, from), request, response, callback);
  }
}
