package dev.penstock.gateway.contents;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * Writes whole files: readers see the old content or the new, also after a crash. The new content
 * is written to a hidden file beside the old, brought to the disk, and takes over name and
 * permissions.
 */
final class AtomicFile {
  /** What jupyter_server's own files between begin with, so that Dropbox leaves them alone. */
  private static final String PREFIX = ".~";

  private static final int NEW_FILE_MODE = 0666;

  private final int newFileMode;

  AtomicFile(int umask) {
    newFileMode = NEW_FILE_MODE & ~umask;
  }

  /** Writes a file's content. */
  interface Body {
    void write(FileChannel channel) throws IOException;
  }

  /** Asked when the new file is complete, and before it takes the name. */
  interface Check {
    boolean mayReplace() throws IOException;
  }

  /** Makes a new file. Fails if the name is taken. */
  void create(Place place, Body body) throws IOException {
    Path temporary = temporary(place, body, newFileMode);
    try {
      claim(place.path(), temporary);
    } finally {
      Files.deleteIfExists(temporary);
    }
    syncDirectory(place);
  }

  /** Takes a free name for something that has another; never replaces what exists. */
  static void claim(Path target, Path source) throws IOException {
    // An empty file or directory holds the name first: rename(2) alone would replace a file that
    // another program has just made.
    if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(target);
    } else {
      Files.createFile(target);
    }
    boolean moved = false;
    try {
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
      moved = true;
    } finally {
      if (!moved) {
        Files.deleteIfExists(target);
      }
    }
  }

  /** Makes or replaces a file. */
  void write(Place place, Body body) throws IOException, ContentsException {
    var _ = write(place, body, () -> true);
  }

  /**
   * Makes or replaces a file, unless the check says no.
   *
   * @return whether it was written
   * @throws ContentsException 400 if something else than a regular file has the name
   */
  boolean write(Place place, Body body, Check check) throws IOException, ContentsException {
    FileInfo existing = place.look();
    if (existing != null && !existing.isFile()) {
      throw new ContentsException(400, "Cannot write to " + place.name() + ": it is not a file");
    }
    if (existing != null && !place.isWritable()) {
      throw new AccessDeniedException(place.name());
    }
    if (existing != null && mustStay(place, existing)) {
      return check.mayReplace() && overwrite(place, body);
    }
    Path temporary = temporary(place, body, existing == null ? newFileMode : existing.mode());
    try {
      if (existing != null) {
        keepGroup(temporary, existing);
      }
      if (!check.mayReplace()) {
        return false;
      }
      Files.move(temporary, place.path(), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    syncDirectory(place);
    return true;
  }

  /** Whether a file that is written now keeps its place: see {@link #mustStay}. */
  boolean writesInPlace(Place place) throws IOException {
    FileInfo existing = place.look();
    return existing != null && existing.isFile() && mustStay(place, existing);
  }

  /**
   * Whether a file cannot be replaced by another without harm: it has a second name, belongs to
   * somebody else, or nothing can be made beside it. It is then written in place, as jupyter_server
   * does with all files.
   */
  private static boolean mustStay(Place place, FileInfo existing) throws IOException {
    return existing.links() > 1
        || !Files.isWritable(place.directory().path())
        || existing.owner() != (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  private static void keepGroup(Path temporary, FileInfo existing) throws IOException {
    if (FileInfo.of(temporary, LinkOption.NOFOLLOW_LINKS).group() == existing.group()) {
      return;
    }
    try {
      Files.setAttribute(temporary, "unix:gid", existing.group(), LinkOption.NOFOLLOW_LINKS);
    } catch (FileSystemException e) {
      // Not a member of that group: the owner's group has to do, as with a file made anew.
    }
  }

  private static boolean overwrite(Place place, Body body) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            place.path(),
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            LinkOption.NOFOLLOW_LINKS)) {
      body.write(channel);
      channel.force(true);
    }
    return true;
  }

  private static Path temporary(Place place, Body body, int mode) throws IOException {
    Path path = place.directory().child(PREFIX + UUID.randomUUID());
    boolean written = false;
    try (FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      body.write(channel);
      permit(path, mode);
      channel.force(true);
      written = true;
    } finally {
      if (!written) {
        Files.deleteIfExists(path);
      }
    }
    return path;
  }

  /** Gives a file permissions, a link's target never. */
  static void permit(Path path, int mode) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    view.setPermissions(permissions(mode));
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    StringBuilder letters = new StringBuilder("rwxrwxrwx");
    for (int i = 0; i < letters.length(); i++) {
      if ((mode >> (letters.length() - 1 - i) & 1) == 0) {
        letters.setCharAt(i, '-');
      }
    }
    return PosixFilePermissions.fromString(letters.toString());
  }

  private static void syncDirectory(Place place) {
    try (FileChannel channel =
        FileChannel.open(place.directory().path(), StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The content is safe; some file systems cannot sync directories, and bring names to the disk
      // in their own time.
    }
  }
}
