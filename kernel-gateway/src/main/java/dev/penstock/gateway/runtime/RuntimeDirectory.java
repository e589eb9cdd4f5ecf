package dev.penstock.gateway.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The folder of one gateway (docs/local-sockets.md, "Runtime directory"). Only its owner may enter
 * it.
 */
public record RuntimeDirectory(Path root) {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  /**
   * Checks the folder, which the starter made.
   *
   * @throws IOException if it is not a private folder of this user
   */
  public static RuntimeDirectory check(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new IOException(root + " is not a directory");
    }
    if (!Files.getPosixFilePermissions(root).equals(PRIVATE)) {
      throw new IOException(root + " must have mode 0700: run chmod 700 on it");
    }
    return new RuntimeDirectory(root);
  }

  public Path controlSocket() {
    return root.resolve("gateway.sock");
  }

  public Path workerSocket() {
    return root.resolve("worker.sock");
  }

  public Path keeperSocket() {
    return root.resolve("keeper.sock");
  }

  public Path logFile() {
    return root.resolve("gateway.log");
  }

  public Path sessions() {
    return root.resolve("sessions");
  }
}
