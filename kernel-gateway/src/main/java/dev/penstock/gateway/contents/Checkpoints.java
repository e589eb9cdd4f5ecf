package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * One copy of a file beside it, {@code .ipynb_checkpoints/name-checkpoint.ext}, with the file's
 * permissions and time (jupyter_server's FileCheckpoints).
 */
final class Checkpoints {
  static final String DIRECTORY = ".ipynb_checkpoints";

  /** The only checkpoint that a file can have. */
  static final String ID = "checkpoint";

  private static final int OWNER_WRITES = 0600;

  private final Root root;
  private final AtomicFile files;
  private final Directories directories;
  private final Locks locks;

  Checkpoints(Root root, AtomicFile files, Directories directories, Locks locks) {
    this.root = root;
    this.files = files;
    this.directories = directories;
    this.locks = locks;
  }

  /** A file's checkpoints: one or none. */
  List<ObjectNode> list(ApiPath path) throws IOException, ContentsException {
    try (Place copy = root.find(copyOf(path))) {
      return Optional.ofNullable(copy.look())
          .filter(FileInfo::isFile)
          .map(Checkpoints::model)
          .stream()
          .toList();
    } catch (NoSuchFileException e) {
      // No directory of checkpoints: none was made yet.
      return List.of();
    }
  }

  /** Copies a file to its checkpoint. */
  ObjectNode create(ApiPath path) throws IOException, ContentsException {
    directories.ensure(path.parent().child(DIRECTORY));
    copy(path, copyOf(path), path);
    return list(path).getFirst();
  }

  /** Copies a file's checkpoint to the file. */
  void restore(ApiPath path, String id) throws IOException, ContentsException {
    require(path, id);
    copy(copyOf(path), path, path);
  }

  /** Deletes a file's checkpoint. */
  void delete(ApiPath path, String id) throws IOException, ContentsException {
    require(path, id);
    try (Place copy = root.findLink(copyOf(path))) {
      Files.delete(copy.path());
    }
  }

  private void require(ApiPath path, String id) throws IOException, ContentsException {
    if (!id.equals(ID) || list(path).isEmpty()) {
      throw new ContentsException(404, "Checkpoint does not exist: " + path + "@" + id);
    }
  }

  /** Follows a file that has got another path. */
  void rename(ApiPath from, ApiPath to) throws IOException, ContentsException {
    if (list(from).isEmpty()) {
      return;
    }
    directories.ensure(to.parent().child(DIRECTORY));
    copy(copyOf(from), copyOf(to), to);
    delete(from, ID);
  }

  private void copy(ApiPath from, ApiPath to, ApiPath named) throws IOException, ContentsException {
    try (Place source = root.find(from);
        Place target = root.find(to);
        Content.Opened file = Content.open(source, named)) {
      FileInfo info = file.info();
      Errors.Work<ApiPath> work =
          () -> {
            boolean isNew = target.look() == null;
            files.write(target, channel -> Content.transfer(file.channel(), channel));
            if (isNew) {
              // Writable by its owner in any case: the next checkpoint takes its place.
              AtomicFile.permit(target.path(), info.mode() | OWNER_WRITES);
            }
            setTime(target, info);
            return to;
          };
      locks.locked(target, work);
    }
  }

  private static void setTime(Place place, FileInfo like) throws IOException {
    Files.getFileAttributeView(
            place.path(), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(FileTime.from(like.modified()), null, null);
  }

  private static ObjectNode model(FileInfo info) {
    return Json.object().put("id", ID).put("last_modified", Models.time(info.modified()));
  }

  private static ApiPath copyOf(ApiPath path) throws ContentsException {
    String stem = MimeTypes.stem(path.name());
    String ending = path.name().substring(stem.length());
    return path.parent().child(DIRECTORY).child(stem + "-" + ID + ending);
  }
}
