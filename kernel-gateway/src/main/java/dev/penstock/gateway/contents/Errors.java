package dev.penstock.gateway.contents;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** Says what a failed file operation means to a client. */
final class Errors {
  private Errors() {}

  /** A piece of work on files. */
  interface Work<T> {
    T run() throws IOException, ContentsException;
  }

  /** A piece of work on files without a result. */
  interface Task {
    void run() throws IOException, ContentsException;
  }

  /** The same for work without a result. */
  static void translate(ApiPath path, String doing, Task task) throws ContentsException {
    Work<ApiPath> work =
        () -> {
          task.run();
          return path;
        };
    ApiPath _ = translate(path, doing, work);
  }

  /**
   * Runs work on a path and turns its failures into answers that name this path, and nothing of the
   * machine's own paths.
   *
   * @param doing such as {@code saving}, for errors that nobody foresaw
   */
  static <T> T translate(ApiPath path, String doing, Work<T> work) throws ContentsException {
    try {
      return work.run();
    } catch (NoSuchFileException | NotDirectoryException e) {
      // As jupyter_server has it: a path through a file is a path that does not exist.
      throw ContentsException.missing(path, e);
    } catch (FileAlreadyExistsException e) {
      throw new ContentsException(409, "File already exists: " + path, e);
    } catch (DirectoryNotEmptyException e) {
      // Filled again while it was deleted.
      throw new ContentsException(400, "Directory " + path + " not empty", e);
    } catch (AccessDeniedException e) {
      throw new ContentsException(403, "Permission denied: " + path, e);
    } catch (InvalidPathException e) {
      // The name has letters that the JVM's locale cannot write.
      throw new ContentsException(
          400,
          "File name " + path.quoted() + " needs a UTF-8 locale: start with LC_ALL=C.UTF-8",
          e);
    } catch (IOException e) {
      throw unforeseen(path, doing, e);
    }
  }

  private static ContentsException unforeseen(ApiPath path, String doing, IOException e) {
    String reason = reason(e);
    return switch (reason) {
      case "Operation not permitted", "Read-only file system" ->
          new ContentsException(403, "Permission denied: " + path + ": " + reason, e);
      case "File name too long", "Too many levels of symbolic links" ->
          new ContentsException(400, reason + ": " + path, e);
      default ->
          new ContentsException(
              500, "Unexpected error while " + doing + " file: " + path + " " + reason, e);
    };
  }

  private static String reason(IOException e) {
    // A FileSystemException's message begins with a path of /proc, which tells nobody anything.
    @Nullable String reason =
        e instanceof FileSystemException named ? named.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }
}
