package dev.penstock.gateway.contents;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the file that a path in a kernel's output means, as {@code /api/resolvePath} does. */
final class PathResolver {
  private final Root root;
  private final Reading reading;
  private final Path home;

  /**
   * Resolves against a root.
   *
   * @param home what {@code ~} stands for
   */
  PathResolver(Root root, Reading reading, Path home) {
    this.root = root;
    this.reading = reading;
    this.home = home;
  }

  Resolved resolve(String path, @Nullable Path kernelDirectory) {
    List<Resolved.Found> found = new ArrayList<>();
    try {
      Path expanded = expand(path);
      String server = server(expanded);
      if (server != null) {
        found.add(new Resolved.Found("server", server));
      }
      if (kernelDirectory != null) {
        // The kernel's user may read it anyway, with one line of code.
        Path file = kernelDirectory.resolve(expanded).normalize();
        if (Files.exists(file)) {
          found.add(new Resolved.Found("kernel", file.toString()));
        }
      }
    } catch (InvalidPathException e) {
      // Text that no path can be: found nowhere.
    }
    return new Resolved(found, List.of());
  }

  private Path expand(String path) {
    boolean isHome = path.equals("~") || path.startsWith("~/");
    return isHome
        ? home.resolve(path.substring(Math.min(2, path.length()))).normalize()
        : Path.of(path);
  }

  private @Nullable String server(Path path) {
    Path relative = path;
    if (path.isAbsolute()) {
      Path normal = path.normalize();
      if (!normal.startsWith(root.path()) && !normal.startsWith(root.given())) {
        return null;
      }
      Path from = normal.startsWith(root.path()) ? root.path() : root.given();
      relative = from.relativize(normal);
    }
    try {
      ApiPath api = ApiPath.parse(relative.toString());
      return exists(api) ? api.toString() : null;
    } catch (ContentsException e) {
      // Outside the root or no path: what is there is not told.
      return null;
    }
  }

  private boolean exists(ApiPath path) throws ContentsException {
    return reading.isFile(path) || reading.isDirectory(path);
  }

  /** The user's home directory. */
  static Path userHome() {
    String variable = System.getenv("HOME");
    return Path.of(variable != null ? variable : System.getProperty("user.home", "/"));
  }
}
