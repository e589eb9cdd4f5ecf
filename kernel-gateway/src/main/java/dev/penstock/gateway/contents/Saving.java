package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes what models hold (PUT). */
final class Saving {
  private static final Logger LOG = LoggerFactory.getLogger(Saving.class);

  private final Root root;
  private final AtomicFile files;
  private final Directories directories;
  private final Checkpoints checkpoints;
  private final Trust trust;
  private final Locks locks;

  Saving(
      Root root,
      AtomicFile files,
      Directories directories,
      Checkpoints checkpoints,
      Trust trust,
      Locks locks) {
    this.root = root;
    this.files = files;
    this.directories = directories;
    this.checkpoints = checkpoints;
    this.trust = trust;
    this.locks = locks;
  }

  /**
   * Writes a model.
   *
   * @param exists whether a file has this path; a new one's model may leave out type and content
   * @return what is wrong with the notebook that was saved, empty if nothing is
   */
  Optional<String> save(ApiPath path, ObjectNode model, boolean exists) throws ContentsException {
    ObjectNode whole = exists ? model : completed(path, model);
    String type = type(whole);
    if (!whole.hasNonNull("content") && !type.equals("directory")) {
      throw new ContentsException(400, "No file content provided");
    }
    JsonNode chunk = whole.path("chunk");
    return Errors.translate(
        path,
        "saving",
        () -> {
          if (!chunk.isMissingNode() && !chunk.isNull()) {
            chunk(path, chunk, type, whole);
          } else if (type.equals("notebook")) {
            return notebook(path, whole);
          } else if (type.equals("directory")) {
            directories.ensure(path);
          } else {
            write(path, bytes(path, whole));
          }
          return Optional.empty();
        });
  }

  private static String type(ObjectNode model) throws ContentsException {
    String type = Json.text(model, "type");
    if (type == null || type.isEmpty()) {
      throw new ContentsException(400, "No file type provided");
    }
    return type.equals("directory") || type.equals("notebook") ? type : "file";
  }

  /** A new file's model: what is left out follows from its name, and it is empty. */
  private static ObjectNode completed(ApiPath path, ObjectNode model) {
    ObjectNode whole = model.deepCopy();
    String type = Json.text(whole, "type");
    if (type == null || type.isEmpty()) {
      type = Models.isNotebook(path) ? "notebook" : "file";
      whole.put("type", type);
    }
    if (!whole.has("content") && type.equals("notebook")) {
      whole.set("content", Notebook.empty());
    } else if (!whole.has("content") && !type.equals("directory")) {
      whole.put("content", "").put("format", "text");
    }
    return whole;
  }

  private Optional<String> notebook(ApiPath path, ObjectNode model)
      throws IOException, ContentsException {
    if (!(model.get("content") instanceof ObjectNode notebook)) {
      throw new ContentsException(400, "The content of notebook " + path + " is not an object");
    }
    String unusable = Notebook.problem(notebook);
    if (unusable != null) {
      throw new ContentsException(400, "Notebook " + path + " " + unusable);
    }
    boolean trusted = Trust.cellsAreTrusted(notebook);
    byte[] bytes = Notebook.write(notebook);
    write(path, bytes);
    if (trusted) {
      trust.sign(bytes);
    }
    ensureCheckpoint(path);
    return Optional.ofNullable(NotebookProblem.find(notebook));
  }

  /** Does for a new notebook without cells what is done for those that are saved. */
  void created(ApiPath path, byte[] bytes) {
    trust.sign(bytes);
    ensureCheckpoint(path);
  }

  /** A notebook should always have a checkpoint. */
  void ensureCheckpoint(ApiPath path) {
    try {
      if (checkpoints.list(path).isEmpty()) {
        checkpoints.create(path);
      }
    } catch (IOException | ContentsException e) {
      // The notebook is saved, which is what was asked for; a directory may forbid new entries.
      LOG.debug("no checkpoint of a notebook that was saved", e);
    }
  }

  private static byte[] bytes(ApiPath path, ObjectNode model) throws ContentsException {
    return Content.bytes(Json.text(model, "content"), Json.text(model, "format"), path);
  }

  private void write(ApiPath path, byte[] bytes) throws IOException, ContentsException {
    try (Place place = root.findNew(path, true)) {
      locks.locked(
          place,
          () -> {
            files.write(place, channel -> Content.write(channel, bytes));
            return path;
          });
    }
  }

  /** Writes bytes as they come; whether no file was there before. */
  boolean store(ApiPath path, InputStream bytes) throws IOException, ContentsException {
    try (Place place = root.findNew(path, true)) {
      boolean isNew = place.look() == null;
      // Without a lock, which a slow client would hold: the new file takes the name at once.
      if (files.writesInPlace(place)) {
        whole(place, bytes);
      } else {
        files.write(place, channel -> bytes.transferTo(Channels.newOutputStream(channel)));
      }
      return isNew;
    }
  }

  /** Waits for all bytes first: half of them must not be all that is left of the file. */
  private void whole(Place place, InputStream bytes) throws IOException, ContentsException {
    Path all = Files.createTempFile("penstock-upload-", null);
    try {
      Files.copy(bytes, all, StandardCopyOption.REPLACE_EXISTING);
      files.write(place, channel -> Files.copy(all, Channels.newOutputStream(channel)));
    } finally {
      Files.deleteIfExists(all);
    }
  }

  /**
   * Writes a part of a large file (JupyterLab's upload): number 1 replaces what is there, later
   * ones and the last (-1) are added to it.
   */
  private void chunk(ApiPath path, JsonNode number, String type, ObjectNode model)
      throws IOException, ContentsException {
    if (!type.equals("file")) {
      throw new ContentsException(
          400, "File type \"" + type + "\" is not supported for large file transfer");
    }
    if (!number.isIntegralNumber()) {
      throw new ContentsException(400, "chunk must be a number: 1, 2, … and -1 for the last");
    }
    byte[] bytes = bytes(path, model);
    if (number.longValue() == 1) {
      write(path, bytes);
    } else {
      append(path, bytes);
    }
  }

  private void append(ApiPath path, byte[] bytes) throws IOException, ContentsException {
    try (Place place = root.find(path)) {
      locks.locked(
          place,
          () -> {
            if (!Content.existing(place).isFile()) {
              throw new ContentsException(400, "Cannot write to " + path + ": it is not a file");
            }
            // Without CREATE: an upload whose beginning is gone must not end as a file.
            try (FileChannel channel =
                FileChannel.open(
                    place.path(), StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS)) {
              Content.write(channel, bytes);
            }
            return path;
          });
    }
  }
}
