package dev.penstock.gateway.contents;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whole directories: their size, copies and end. Links in them are copied and deleted as links. A
 * directory whose name is not UTF-8 cannot be entered, which ends the work with an error.
 */
final class Trees {
  /** Each level of directories holds one descriptor open. */
  private static final int MAX_DEPTH = 200;

  private Trees() {}

  /** Bytes of all files in a directory and below. */
  static long size(Handle directory) throws IOException {
    return size(directory, 0);
  }

  private static long size(Handle directory, int depth) throws IOException {
    checkDepth(depth);
    long sum = 0;
    for (Path name : names(directory)) {
      FileInfo info = FileInfo.of(directory.path().resolve(name), NOFOLLOW_LINKS);
      if (info.isDirectory()) {
        try (Handle below = directory.directory(name.toString())) {
          sum += size(below, depth + 1);
        }
      } else if (info.isFile()) {
        sum += info.size();
      }
    }
    return sum;
  }

  /**
   * Copies what is in a directory into another, which may be below it.
   *
   * @param skip the copy itself, which is not copied into itself
   */
  static void copy(Handle from, Handle to, FileInfo skip) throws IOException {
    copy(from, to, skip, 0);
  }

  private static void copy(Handle from, Handle to, FileInfo skip, int depth) throws IOException {
    checkDepth(depth);
    for (Path name : names(from)) {
      Path source = from.path().resolve(name);
      Path target = to.path().resolve(name);
      FileInfo info = FileInfo.of(source, NOFOLLOW_LINKS);
      switch (info.kind()) {
        case DIRECTORY -> {
          if (info.inode() != skip.inode() || info.device() != skip.device()) {
            Files.createDirectory(target);
            try (Handle below = from.directory(name.toString());
                Handle copy = to.directory(name.toString())) {
              copy(below, copy, skip, depth + 1);
            }
            AtomicFile.permit(target, info.mode());
          }
        }
        case FILE -> copyFile(from, name, target, info.mode());
        case LINK -> Files.createSymbolicLink(target, Files.readSymbolicLink(source));
        case OTHER -> {
          // Pipes and devices belong to programs that run, not to a copy.
        }
      }
    }
  }

  private static void copyFile(Handle from, Path name, Path target, int mode) throws IOException {
    try (FileChannel source = FileChannel.open(from.path().resolve(name), READ, NOFOLLOW_LINKS);
        FileChannel copy = FileChannel.open(target, CREATE_NEW, WRITE)) {
      Content.transfer(source, copy);
    }
    AtomicFile.permit(target, mode);
  }

  /** Deletes what has a name in a directory: a file, a link, or a directory with all in it. */
  static void delete(Handle parent, Path name) throws IOException {
    delete(parent, name, 0);
  }

  private static void delete(Handle parent, Path name, int depth) throws IOException {
    checkDepth(depth);
    Path path = parent.path().resolve(name);
    if (FileInfo.of(path, NOFOLLOW_LINKS).isDirectory()) {
      try (Handle directory = parent.directory(name.toString())) {
        for (Path below : names(directory)) {
          delete(directory, below, depth + 1);
        }
      }
    }
    Files.delete(path);
  }

  /** All names in a directory, also those that are not UTF-8. */
  static List<Path> names(Handle directory) throws IOException {
    List<Path> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.path())) {
      for (Path entry : entries) {
        names.add(entry.getFileName());
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  private static void checkDepth(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new FileSystemException(
          "", null, "Directories are nested more than " + MAX_DEPTH + " deep");
    }
  }
}
