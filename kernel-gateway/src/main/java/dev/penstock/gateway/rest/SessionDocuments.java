package dev.penstock.gateway.rest;

import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.orphans.Documents;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Notebooks of kernels by this server's sessions; for a kernel that has none, by {@code
 * JPY_SESSION_NAME}, which jupyter_server gives to kernels: the notebook's path. Thread-safe.
 */
final class SessionDocuments implements Documents {
  private final SessionBook book;
  private final Kernels kernels;
  private final Path root;

  /**
   * Documents below a directory.
   *
   * @param root absolute
   */
  SessionDocuments(SessionBook book, Kernels kernels, Path root) {
    this.book = book;
    this.kernels = kernels;
    this.root = root.normalize();
  }

  @Override
  public List<String> of(Kernel kernel) {
    List<String> paths =
        book.notebooks(kernel).stream().map(path -> path.replaceFirst("^/+", "")).toList();
    return paths.isEmpty() ? named(kernel) : paths;
  }

  private List<String> named(Kernel kernel) {
    String name = kernel.order().env().get(KernelEnvironment.SESSION_NAME);
    if (name == null || !name.endsWith(".ipynb")) {
      return List.of();
    }
    try {
      Path path = root.resolve(name).normalize();
      // The other server may know this directory by another name.
      return below(root, path).or(() -> below(real(root), real(path))).stream().toList();
    } catch (InvalidPathException e) {
      // A name that no file can have.
      return List.of();
    }
  }

  private static Optional<String> below(Path directory, Path path) {
    return path.startsWith(directory)
        ? Optional.of(directory.relativize(path).toString())
        : Optional.empty();
  }

  @Override
  public boolean isHeld(String path) {
    Optional<Path> file = file(path);
    return kernels.all().stream()
        .filter(kernel -> kernel.connections() > 0)
        .flatMap(kernel -> of(kernel).stream())
        .anyMatch(other -> file(other).equals(file));
  }

  private Optional<Path> file(String path) {
    try {
      return Optional.of(real(root.resolve(path)));
    } catch (InvalidPathException e) {
      // A client can name a session as it likes: this is no file.
      return Optional.empty();
    }
  }

  /** The file by the one name that is no link; the name as it is if there is no such file. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      // Not there, or not to be reached: names are what is left to compare.
      return path.normalize();
    }
  }
}
