package dev.penstock.gateway.link;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.runtime.LocalSocket;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Accepts workers on {@code worker.sock}: each connection says HELLO with its session and that
 * session's secret, and then belongs to the session. One virtual thread per connection reads its
 * frames.
 */
public final class LinkServer implements AutoCloseable {
  /** Version of the link that this gateway speaks. */
  public static final int VERSION = 1;

  private static final Logger LOG = LoggerFactory.getLogger(LinkServer.class);
  private static final Duration HELLO_PATIENCE = Duration.ofSeconds(10);
  private static final int DATA_BUFFER = 64 << 10;
  private static final long STACK_BYTES = 256 << 10;

  private final LocalSocket socket;
  private final Function<String, @Nullable LinkPeer> sessions;

  private LinkServer(LocalSocket socket, Function<String, @Nullable LinkPeer> sessions) {
    this.socket = socket;
    this.sessions = sessions;
  }

  /**
   * Listens on the socket.
   *
   * @param sessions finds a session by its id
   */
  public static LinkServer listen(Path path, Function<String, @Nullable LinkPeer> sessions)
      throws IOException {
    LinkServer server = new LinkServer(LocalSocket.listen(path), sessions);
    server.socket.serve("worker-link", server::serve);
    return server;
  }

  @Override
  public void close() {
    socket.close();
  }

  private void serve(SocketChannel channel) throws IOException {
    FrameReader reader = new FrameReader(channel, DATA_BUFFER);
    ObjectNode hello = hello(channel, reader);
    LinkPeer peer = sessions.apply(hello.path("session").asString(""));
    String token = Json.text(hello, "token");
    if (peer == null || token == null || !peer.accepts(token)) {
      LOG.atWarn()
          .addKeyValue("pid", Json.integer(hello, "pid", 0))
          .log("worker refused: unknown session or wrong token");
      return;
    }
    LinkConnection connection = new LinkConnection(channel);
    connection.send(
        new Frame(
            FrameType.WELCOME, 0, 0, List.of(Json.bytes(Json.object().put("version", VERSION)))));
    if ("control".equals(Json.text(hello, "lane"))) {
      peer.controlOpened(connection);
      readFrames(reader, peer::controlFrame);
      return;
    }
    peer.dataOpened(connection, hello);
    readData(reader, peer);
  }

  /**
   * Reads the data lane on a platform thread: it is the busiest of all, and a virtual thread would
   * pay for a poller and a scheduler with every frame. Returns when the lane ended.
   */
  private static void readData(FrameReader reader, LinkPeer peer) throws IOException {
    CompletableFuture<@Nullable IOException> ended = new CompletableFuture<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                readFrames(reader, peer::frame);
                ended.complete(null);
              } catch (IOException e) {
                ended.complete(e);
              } finally {
                peer.dataClosed();
                ended.complete(null);
              }
            },
            "worker-link-data",
            STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    IOException failure = ended.join();
    if (failure != null) {
      throw failure;
    }
  }

  @FunctionalInterface
  private interface FrameSink {
    void take(Frame frame) throws IOException, InterruptedException;
  }

  private static void readFrames(FrameReader reader, FrameSink sink) throws IOException {
    try {
      Frame frame = reader.read();
      while (frame != null) {
        sink.take(frame);
        frame = reader.read();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ObjectNode hello(SocketChannel channel, FrameReader reader) throws IOException {
    Thread guard =
        Thread.ofVirtual()
            .name("hello-guard")
            .start(() -> {
              try {
                Thread.sleep(HELLO_PATIENCE);
                channel.close();
              } catch (InterruptedException e) {
                // HELLO came in time: the guard is not needed any more.
              } catch (IOException e) {
                LOG.atDebug().setCause(e).log("connection without HELLO did not close cleanly");
              }
            });
    try {
      Frame frame = reader.read();
      if (frame == null || frame.type() != FrameType.HELLO || frame.parts().size() != 1) {
        throw new LinkProtocolException("a worker's first frame must be HELLO");
      }
      ObjectNode hello = Json.readObject(frame.parts().getFirst());
      if (Json.integer(hello, "version", 0) != VERSION) {
        String text = new String(Json.bytes(hello.path("version")), StandardCharsets.UTF_8);
        throw new LinkProtocolException(
            "worker speaks link version " + text + ", this gateway " + VERSION);
      }
      return hello;
    } finally {
      guard.interrupt();
    }
  }
}
