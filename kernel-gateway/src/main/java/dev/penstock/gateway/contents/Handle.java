package dev.penstock.gateway.contents;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file or directory that is held open by itself (Linux: O_PATH), whatever its name becomes.
 * Java's file API reaches it, and names in it, through {@code /proc/self/fd}: with a handle in
 * front a path has one name that is looked up, in a directory that cannot be swapped.
 */
final class Handle implements Closeable {
  private final int descriptor;
  private boolean closed;

  private Handle(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Opens a directory by a path that is trusted: links in it are followed. */
  static Handle root(Path directory) throws IOException {
    return new Handle(Openat.directory(directory.toString()));
  }

  /** Opens a directory in this one; a link is not followed and not a directory. */
  Handle directory(String name) throws IOException {
    return new Handle(Openat.directory(descriptor, name));
  }

  /** Holds whatever has this name in this directory, also a link. */
  Handle anything(String name) throws IOException {
    return new Handle(Openat.anything(descriptor, name));
  }

  /** A path to what is held. Follow links with it: it is itself one. */
  Path path() {
    return Path.of("/proc/self/fd/" + descriptor);
  }

  /** A path to a name in this directory. Never follow links with it. */
  Path child(String name) {
    return path().resolve(name);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Openat.close(descriptor);
    }
  }
}
