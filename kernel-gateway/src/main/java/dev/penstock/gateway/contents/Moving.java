package dev.penstock.gateway.contents;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Other paths for files and directories, and their end (PATCH and DELETE). */
final class Moving {
  private final Root root;
  private final Options options;
  private final Checkpoints checkpoints;

  Moving(Root root, Options options, Checkpoints checkpoints) {
    this.root = root;
    this.options = options;
    this.checkpoints = checkpoints;
  }

  /** Renames a file, directory or link, and its checkpoint. Never replaces what exists. */
  void rename(ApiPath from, ApiPath to) throws ContentsException {
    if (from.isRoot() || to.isWithin(from)) {
      throw new ContentsException(400, "Cannot rename " + from.quoted() + " to " + to.quoted());
    }
    Errors.translate(
        from,
        "renaming",
        () -> {
          move(from, to);
          checkpoints.rename(from, to);
          return to;
        });
  }

  private void move(ApiPath from, ApiPath to) throws IOException, ContentsException {
    try (Place source = root.findLink(from);
        Place target = root.findNew(to, false)) {
      if (source.look() == null) {
        throw new NoSuchFileException(source.name());
      }
      AtomicFile.claim(target.path(), source.path());
    } catch (FileAlreadyExistsException e) {
      throw new ContentsException(409, "File already exists: " + to, e);
    } catch (AtomicMoveNotSupportedException e) {
      throw new ContentsException(
          400,
          "Cannot rename "
              + from.quoted()
              + ": "
              + to.quoted()
              + " is on another file system. Copy it and delete the original",
          e);
    }
  }

  /** Deletes a file, directory or link, for good, and its checkpoint. */
  void delete(ApiPath path) throws ContentsException {
    if (path.isRoot()) {
      throw new ContentsException(400, "Can't delete root");
    }
    Errors.translate(
        path,
        "deleting",
        () -> {
          try (Place place = root.findLink(path)) {
            FileInfo info = Content.existing(place);
            if (info.isDirectory()) {
              refuseFull(place, path);
              Trees.delete(place.directory(), Path.of(place.name()));
            } else {
              Files.delete(place.path());
              deleteCheckpoint(path);
            }
          }
          return path;
        });
  }

  private void refuseFull(Place place, ApiPath path) throws IOException, ContentsException {
    if (options.deleteFullDirectories()) {
      return;
    }
    try (Handle directory = place.enter()) {
      for (Path name : Trees.names(directory)) {
        if (!name.toString().equals(Checkpoints.DIRECTORY)) {
          throw new ContentsException(400, "Directory " + path + " not empty");
        }
      }
    }
  }

  private void deleteCheckpoint(ApiPath path) throws IOException, ContentsException {
    if (!checkpoints.list(path).isEmpty()) {
      checkpoints.delete(path, Checkpoints.ID);
    }
  }
}
