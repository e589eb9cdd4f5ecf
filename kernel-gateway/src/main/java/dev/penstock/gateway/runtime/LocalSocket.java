package dev.penstock.gateway.runtime;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening Unix-domain socket of the runtime directory. Only processes of the same user are
 * served ({@code SO_PEERCRED}), each connection on a virtual thread of its own.
 */
public final class LocalSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalSocket.class);
  private static final int BACKLOG = 256;

  private final Path path;
  private final ServerSocketChannel server;
  private final UserPrincipal owner;

  private LocalSocket(Path path, ServerSocketChannel server, UserPrincipal owner) {
    this.path = path;
    this.server = server;
    this.owner = owner;
  }

  /** Serves one connection; it is closed afterwards. An IOException ends it and is logged. */
  @FunctionalInterface
  public interface Handler {
    void serve(SocketChannel connection) throws IOException;
  }

  /**
   * Binds a socket, in place of one that a dead gateway left behind.
   *
   * @throws IOException if the directory cannot be written
   */
  public static LocalSocket listen(Path path) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path), BACKLOG);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      return new LocalSocket(path, server, Files.getOwner(path));
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** Starts to accept. */
  public void serve(String name, Handler handler) {
    Thread.ofVirtual().name(name + "-accept").start(() -> accept(name, handler));
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("socket", path).setCause(e).log("socket did not close cleanly");
    }
  }

  private void accept(String name, Handler handler) {
    while (server.isOpen()) {
      try {
        SocketChannel connection = server.accept();
        Thread.ofVirtual().name(name).start(() -> serveOne(connection, handler));
      } catch (ClosedChannelException e) {
        // close() was called: this socket's life is over.
        return;
      } catch (IOException e) {
        LOG.atError().addKeyValue("socket", path).setCause(e).log("cannot accept");
        pause();
      }
    }
  }

  /** Out of descriptors, say: try again a little later instead of spinning. */
  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serveOne(SocketChannel connection, Handler handler) {
    try (connection) {
      UserPrincipal peer = connection.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
      if (!peer.equals(owner)) {
        LOG.atWarn().addKeyValue("peer", peer.getName()).log("connection of another user refused");
        return;
      }
      handler.serve(connection);
    } catch (IOException e) {
      LOG.atInfo()
          .addKeyValue("socket", path.getFileName())
          .addKeyValue("reason", e.toString())
          .log("connection ended");
    }
  }
}
