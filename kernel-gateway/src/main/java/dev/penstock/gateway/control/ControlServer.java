package dev.penstock.gateway.control;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLines;
import dev.penstock.gateway.placement.Guards;
import dev.penstock.gateway.runtime.LocalSocket;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The control socket: one JSON object per line and answer (docs/local-sockets.md). */
public final class ControlServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

  private final LocalSocket socket;
  private final Operations operations;
  private final Guards guards;

  private ControlServer(LocalSocket socket, Operations operations, Guards guards) {
    this.socket = socket;
    this.operations = operations;
    this.guards = guards;
  }

  /** Listens on the socket. */
  public static ControlServer listen(Path path, Operations operations, Guards guards)
      throws IOException {
    ControlServer server = new ControlServer(LocalSocket.listen(path), operations, guards);
    server.socket.serve("control", server::serve);
    return server;
  }

  @Override
  public void close() {
    socket.close();
  }

  private void serve(SocketChannel channel) throws IOException {
    try (JsonLines lines = new JsonLines(channel)) {
      for (ObjectNode request = lines.read(); request != null; request = lines.read()) {
        if ("guard".equals(Json.text(request, "op"))) {
          // From here on it answers, and the gateway asks.
          guards.serve(request, lines);
          return;
        }
        lines.write(answer(request));
      }
    }
  }

  private ObjectNode answer(ObjectNode request) {
    String op = request.path("op").asString("");
    try {
      return operations.run(op, request);
    } catch (ControlException e) {
      return error(e.code(), String.valueOf(e.getMessage()), e.hint());
    } catch (RuntimeException e) {
      // A fault of ours: the client is told, the log has the stack, the next request is served.
      LOG.atError().addKeyValue("op", op).setCause(e).log("operation failed");
      return error(
          "internal", "the gateway failed: " + e, "see gateway.log in the runtime directory");
    }
  }

  private static ObjectNode error(String code, String message, String hint) {
    ObjectNode answer = Json.object().put("ok", false);
    answer.putObject("error").put("code", code).put("message", message).put("hint", hint);
    return answer;
  }
}
