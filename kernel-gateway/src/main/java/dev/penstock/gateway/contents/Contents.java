package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files below one directory, as Jupyter's contents API has them. Paths are relative to that
 * directory, with percent-encodings already undone; models are those of jupyter_server.
 * Thread-safe; calls wait for the disk.
 */
public final class Contents {
  private final Options options;
  private final Reading reading;
  private final Saving saving;

  private Contents(Root root, Options options) {
    this.options = options;
    Trust trust = new Trust(new Signatures(options.signatures()));
    AtomicFile files = new AtomicFile(options.umask());
    Directories directories = new Directories(root, options.umask());
    Checkpoints checkpoints = new Checkpoints(root, files, directories);
    Locks locks = new Locks();
    reading = new Reading(root, options, trust);
    saving = new Saving(root, files, directories, checkpoints, trust, locks);
  }

  /**
   * Serves a directory.
   *
   * @throws IOException if it is no directory, or this system cannot confine to it
   */
  public static Contents in(Path root, Options options) throws IOException {
    return new Contents(new Root(root), options);
  }

  /**
   * The model of a file or directory (GET).
   *
   * @throws ContentsException 404 if there is none that may be seen, 400 if it is not as asked for,
   *     403 if it may not be read, 413 if it is too large for a model
   */
  public ObjectNode get(String path, Query query) throws ContentsException {
    return reading.get(ApiPath.parse(path), query);
  }

  /**
   * A saved model.
   *
   * @param model without content; with {@code message} if a notebook breaks its schema
   * @param created whether no file had this path before (HTTP 201 instead of 200)
   */
  public record Saved(ObjectNode model, boolean created) {}

  /**
   * Makes or replaces a file, notebook or directory (PUT); with {@code chunk}, a part of a file.
   *
   * @param model with {@code type}, {@code format} and {@code content}
   * @throws ContentsException 400 if the model cannot be saved there, 403, 404 if the directory
   *     does not exist
   */
  public Saved save(String path, ObjectNode model) throws ContentsException {
    ApiPath target = ApiPath.parse(path);
    if (model.hasNonNull("copy_from")) {
      throw new ContentsException(400, "Cannot copy with PUT, only POST");
    }
    if (isRefused(target) || isRefused(ApiPath.parse(model.path("path").asString("")))) {
      throw new ContentsException(400, "Cannot create file or directory " + target.quoted());
    }
    boolean exists = reading.isFile(target);
    ObjectNode whole = exists ? model : completed(target, model);
    String type = type(whole);
    if (!whole.hasNonNull("content") && !type.equals("directory")) {
      throw new ContentsException(400, "No file content provided");
    }
    JsonNode chunk = whole.get("chunk");
    Optional<String> problem = Optional.empty();
    if (chunk == null || chunk.isNull()) {
      problem = saving.save(target, type, whole);
    } else {
      saving.chunk(target, chunk, type, whole);
    }
    ObjectNode saved = reading.get(target, Query.MODEL);
    problem.ifPresent(message -> saved.put("message", message));
    return new Saved(saved, !exists);
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

  private boolean isRefused(ApiPath path) {
    return path.isHidden() && !options.allowHidden();
  }
}
