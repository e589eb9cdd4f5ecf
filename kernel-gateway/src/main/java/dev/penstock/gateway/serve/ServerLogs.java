package dev.penstock.gateway.serve;

import dev.penstock.gateway.log.Budgets;
import dev.penstock.gateway.log.LogStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a server's kernels log: in a folder named by the address, so that the next server there
 * finds it again. While another server holds it, in the runtime directory, for this server's time.
 */
final class ServerLogs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerLogs.class);

  private final LogStore store;
  private final @Nullable FileChannel held;

  private ServerLogs(LogStore store, @Nullable FileChannel held) {
    this.store = store;
    this.held = held;
  }

  /**
   * Opens a server's logs.
   *
   * @throws IOException if there is no directory to write in
   */
  static ServerLogs open(Path state, int port, @Nullable Path socket, Path runtime)
      throws IOException {
    String name =
        socket == null ? "port-" + port : "socket-" + Integer.toHexString(socket.hashCode());
    Path folder = state.resolve(name);
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    FileChannel held = hold(folder.resolve("lock"));
    if (held == null) {
      LOG.atWarn()
          .addKeyValue("folder", folder)
          .log("another server logs here: the logs of this one end with it");
    }
    Path logs = held == null ? runtime.resolve("logs") : folder.resolve("logs");
    return new ServerLogs(LogStore.open(logs, Budgets.DEFAULT), held);
  }

  private static @Nullable FileChannel hold(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel; // closing it gives it back
      }
    } catch (OverlappingFileLockException e) {
      LOG.atDebug().setCause(e).log("held by another server of this process");
    }
    channel.close();
    return null;
  }

  LogStore store() {
    return store;
  }

  @Override
  public void close() {
    store.close();
    FileChannel open = held;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // The lock goes with the process at the latest.
        LOG.atDebug().setCause(e).log("lock not closed");
      }
    }
  }
}
