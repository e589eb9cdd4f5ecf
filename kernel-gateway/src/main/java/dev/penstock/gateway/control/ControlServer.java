package dev.penstock.gateway.control;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLines;
import dev.penstock.gateway.lane.Echo;
import dev.penstock.gateway.placement.Guards;
import dev.penstock.gateway.runtime.LocalSocket;
import dev.penstock.gateway.session.Attachments;
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
  private final Attachments attachments;

  private ControlServer(
      LocalSocket socket, Operations operations, Guards guards, Attachments attachments) {
    this.socket = socket;
    this.operations = operations;
    this.guards = guards;
    this.attachments = attachments;
  }

  /** Listens on the socket. */
  public static ControlServer listen(
      Path path, Operations operations, Guards guards, Attachments attachments) throws IOException {
    ControlServer server =
        new ControlServer(LocalSocket.listen(path), operations, guards, attachments);
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
        String op = Json.text(request, "op");
        if ("guard".equals(op)) {
          // From here on it answers, and the gateway asks.
          guards.serve(request, lines);
          return;
        }
        if ("attach".equals(op)) {
          attach(request, lines);
          return;
        }
        if ("echo".equals(op)) {
          echo(request, lines);
        } else {
          lines.write(answer(request));
        }
      }
    }
  }

  private void echo(ObjectNode request, JsonLines lines) throws IOException {
    Echo echo;
    try {
      echo = operations.echo(request);
    } catch (ControlException e) {
      lines.write(error(e.code(), String.valueOf(e.getMessage()), e.hint()));
      return;
    }
    Echoes.send(echo, lines);
  }

  /** However the page's server ends, its connection does, and the page counts no more. */
  private void attach(ObjectNode request, JsonLines lines) throws IOException {
    String file = Json.text(request, "connection_file");
    if (file == null) {
      lines.write(error("bad-request", "connection_file must be a path", ""));
      return;
    }
    try (Attachments.Attachment _ = attachments.attach(file)) {
      lines.write(Json.object().put("ok", true));
      // Nothing more is asked on it.
      while (lines.read() != null) {
        lines.write(error("bad-request", "this connection only says that a page is there", ""));
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
