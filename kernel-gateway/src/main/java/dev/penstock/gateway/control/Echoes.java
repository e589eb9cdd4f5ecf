package dev.penstock.gateway.control;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLines;
import dev.penstock.gateway.lane.Echo;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/**
 * The operation {@code echo}: many answers to one request (docs/local-sockets.md). A client that
 * does not read them holds up its own connection's thread, and nothing else.
 */
final class Echoes {
  private Echoes() {}

  /**
   * Sends what the session's descriptors get until the worker has ended. To be called by the one
   * reader.
   *
   * @throws IOException if the client is gone; nothing is kept for it any more
   */
  static void send(Echo echo, JsonLines lines) throws IOException {
    try {
      for (Echo.Piece piece = echo.next(); piece != null; piece = echo.next()) {
        lines.write(
            ok().put("fd", piece.lane().descriptor())
                .put("data", piece.bytes())
                .put("lost", piece.lost()));
      }
      lines.write(ok().put("over", true));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the gateway is ending", e);
    } finally {
      echo.discard();
    }
  }

  private static ObjectNode ok() {
    return Json.object().put("ok", true);
  }
}
