package dev.penstock.gateway.contents;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a file is or would be: an open directory and a name in it that is no link that was to be
 * followed. To be closed by who asked for it.
 *
 * @param directory held open
 * @param name one name; {@code .} for the root
 * @param key names from the root, links resolved: the same for every path that leads here
 */
record Place(Handle directory, String name, String key) implements Closeable {
  /** For calls that do not follow links. */
  Path path() {
    return directory.child(name);
  }

  /** What is here now, links not followed; null if nothing is. */
  @Nullable FileInfo look() throws IOException {
    try {
      return FileInfo.of(path(), LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      // Part of the answer: callers ask in order to know.
      return null;
    }
  }

  /**
   * Opens the directory that is here.
   *
   * @throws IOException if there is none, or a link
   */
  Handle enter() throws IOException {
    return directory.directory(name);
  }

  /** Whether this process may write what is here. */
  boolean isWritable() {
    return Files.isWritable(path());
  }

  @Override
  public void close() {
    directory.close();
  }
}
