package dev.penstock.gateway.http;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix-domain socket. It is bound in a folder that only its owner can enter, and
 * shown where it was wanted when its permissions (0600) are set: nobody else can connect in
 * between.
 */
final class SocketFile {
  private final Path shown;
  private final Path folder;
  private @Nullable Object key;

  private SocketFile(Path shown, Path folder) {
    this.shown = shown;
    this.folder = folder;
  }

  /**
   * Makes place for a socket; one that a dead server left is removed.
   *
   * @throws IOException if something else is there, or the folder is not there: one line for people
   */
  static SocketFile at(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new IOException("cannot listen on %s: there is no folder for it".formatted(path));
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      BasicFileAttributes found =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isOther() || isServed(path)) {
        throw new IOException("cannot listen on %s: it is in use".formatted(path));
      }
      Files.delete(path);
    }
    String name = ".%06x".formatted(ThreadLocalRandom.current().nextInt(1 << 24));
    Path folder =
        Files.createDirectory(
            parent.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new SocketFile(path, folder);
  }

  private static boolean isServed(Path path) {
    try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return true;
    } catch (IOException e) {
      return false; // refused: who listened there is gone
    }
  }

  /** Where to bind. */
  Path hidden() {
    return folder.resolve("s");
  }

  /** Shows the bound socket in its place. */
  void show() throws IOException {
    Files.setPosixFilePermissions(hidden(), PosixFilePermissions.fromString("rw-------"));
    Files.move(hidden(), shown);
    Files.delete(folder);
    key = Files.readAttributes(shown, BasicFileAttributes.class).fileKey();
  }

  /** Removes what is left of it, unless another server has taken the place. */
  void remove() throws IOException {
    Files.deleteIfExists(hidden());
    Files.deleteIfExists(folder);
    if (key != null && Files.exists(shown, LinkOption.NOFOLLOW_LINKS)) {
      Object now = Files.readAttributes(shown, BasicFileAttributes.class).fileKey();
      if (Objects.equals(now, key)) {
        Files.delete(shown);
      }
    }
  }
}
