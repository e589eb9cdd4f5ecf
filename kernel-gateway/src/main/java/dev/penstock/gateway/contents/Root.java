package dev.penstock.gateway.contents;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The directory that contents are in, and the only way to a file of it (see the package's
 * description of confinement). Thread-safe: a walk holds its own directories.
 */
final class Root {
  /** As Linux has it: more links than this in one walk are taken for a circle. */
  private static final int MAX_LINKS = 40;

  private final Path given;
  private final Path real;

  /**
   * Takes a directory.
   *
   * @throws IOException if it is none, or this system cannot confine
   */
  Root(Path directory) throws IOException {
    given = directory.toAbsolutePath().normalize();
    real = given.toRealPath();
    if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
      throw new IOException("Serving files needs Linux with /proc mounted");
    }
    Handle.root(real).close();
  }

  /** The root's own absolute path, links resolved. */
  Path path() {
    return real;
  }

  /** The root's absolute path as it was given. */
  Path given() {
    return given;
  }

  /** Walks to a path, following all links. */
  Place find(ApiPath path) throws IOException, ContentsException {
    return new Walk(path).run(true);
  }

  /** Walks to a path, following links on the way, but not one that is at its end. */
  Place findLink(ApiPath path) throws IOException, ContentsException {
    return new Walk(path).run(false);
  }

  /**
   * Walks to a path at which something is to be made.
   *
   * @throws ContentsException 404 if its directory does not exist
   */
  Place findNew(ApiPath path, boolean followLast) throws IOException, ContentsException {
    try {
      return new Walk(path).run(followLast);
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new ContentsException(404, "No such directory: " + path.parent(), e);
    }
  }

  /** One walk, by one thread. */
  private final class Walk {
    private final ApiPath path;
    private final Deque<String> ahead;
    private final List<String> behind = new ArrayList<>();
    private Handle here;
    private int links;

    Walk(ApiPath path) throws IOException {
      this.path = path;
      ahead = new ArrayDeque<>(path.names());
      here = Handle.root(real);
    }

    Place run(boolean followLast) throws IOException, ContentsException {
      boolean found = false;
      try {
        while (!ahead.isEmpty()) {
          String name = ahead.removeFirst();
          boolean last = ahead.isEmpty();
          if (name.equals("..")) {
            up();
          } else if ((followLast || !last) && isLink(name)) {
            follow(name);
          } else if (last) {
            found = true;
            return new Place(here, name, key(name));
          } else {
            enter(name);
          }
        }
        found = true;
        return new Place(here, ".", key("."));
      } finally {
        if (!found) {
          here.close();
        }
      }
    }

    private String key(String name) {
      return String.join("/", behind) + "/" + name;
    }

    private boolean isLink(String name) throws IOException {
      try {
        return FileInfo.of(here.child(name), LinkOption.NOFOLLOW_LINKS).isLink();
      } catch (NoSuchFileException e) {
        // A name that is still free is no link; if it was to be entered, that will fail.
        return false;
      }
    }

    private void enter(String name) throws IOException {
      replace(here.directory(name));
      behind.add(name);
    }

    private void replace(Handle next) {
      here.close();
      here = next;
    }

    /** Goes one up, from the root down again: the directory may have moved since it was entered. */
    private void up() throws IOException, ContentsException {
      if (behind.isEmpty()) {
        throw ContentsException.outside(path.toString());
      }
      List<String> names = List.copyOf(behind.subList(0, behind.size() - 1));
      restart();
      for (String name : names) {
        enter(name);
      }
    }

    private void restart() throws IOException {
      replace(Handle.root(real));
      behind.clear();
    }

    private void follow(String name) throws IOException, ContentsException {
      if (++links > MAX_LINKS) {
        throw new FileSystemException(name, null, "Too many levels of symbolic links");
      }
      Path target = target(name);
      if (target.isAbsolute()) {
        target = belowRoot(target);
        restart();
      }
      for (int i = target.getNameCount() - 1; i >= 0; i--) {
        String part = target.getName(i).toString();
        if (!part.isEmpty() && !part.equals(".")) {
          ahead.addFirst(part);
        }
      }
    }

    private Path target(String name) throws IOException {
      try {
        return Files.readSymbolicLink(here.child(name));
      } catch (NotLinkException e) {
        // Swapped for something else since it was looked at: the walk looks again.
        return Path.of(name);
      }
    }

    private Path belowRoot(Path target) throws ContentsException {
      for (Path root : List.of(real, given)) {
        if (target.startsWith(root)) {
          int names = root.getNameCount();
          return names == target.getNameCount()
              ? Path.of("")
              : target.subpath(names, target.getNameCount());
        }
      }
      throw ContentsException.outside(path.toString());
    }
  }
}
