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
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a server's kernels log: in a folder named by the address, so that the next server there
 * finds it again. While another server holds it, in the runtime directory, for this server's time.
 */
final class ServerLogs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerLogs.class);

  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final LogStore store;
  private final Path commands;
  private final @Nullable FileChannel held;

  private ServerLogs(LogStore store, Path commands, @Nullable FileChannel held) {
    this.store = store;
    this.commands = commands;
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
    Files.createDirectories(folder, PRIVATE);
    FileChannel held = hold(folder.resolve("lock"));
    if (held == null) {
      LOG.atWarn()
          .addKeyValue("folder", folder)
          .log("another server logs here: the logs of this one end with it");
    }
    Path logs = held == null ? runtime.resolve("logs") : folder.resolve("logs");
    return new ServerLogs(
        LogStore.open(logs, Budgets.DEFAULT), logs.resolveSibling("command-logs"), held);
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

  /**
   * Logs of commands, empty: what an earlier server left when it was killed is of commands that
   * ended with it. Who gets them closes them.
   */
  LogStore openCommands() throws IOException {
    clear(commands);
    return LogStore.open(commands, Budgets.DEFAULT);
  }

  /** A directory for tables on their way to clients, beside the logs for their size; empty. */
  Path openTables() throws IOException {
    Path tables = commands.resolveSibling("tables");
    clear(tables);
    return Files.createDirectory(tables, PRIVATE);
  }

  private static void clear(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      List<Path> left;
      try (Stream<Path> found = Files.walk(directory)) {
        left = found.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : left) {
        Files.deleteIfExists(path);
      }
    }
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
