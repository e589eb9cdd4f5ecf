package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
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
  private final Creation creation;
  private final Moving moving;
  private final Checkpoints checkpoints;
  private final NotebookUpdate update;
  private final PathResolver resolver;
  private final Root root;
  private final Trust trust;

  private Contents(Root root, Options options) {
    this.root = root;
    this.options = options;
    trust = new Trust(new Signatures(options.signatures()));
    AtomicFile files = new AtomicFile(options.umask());
    Directories directories = new Directories(root, options.umask());
    Locks locks = new Locks();
    checkpoints = new Checkpoints(root, files, directories, locks);
    reading = new Reading(root, options, trust);
    saving = new Saving(root, files, directories, checkpoints, trust, locks);
    creation = new Creation(root, options, files, directories, reading, saving);
    moving = new Moving(root, options, checkpoints);
    update = new NotebookUpdate(root, options, files, trust, locks);
    resolver = new PathResolver(root, reading, PathResolver.userHome());
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
    refuse("create", target, ApiPath.parse(model.path("path").asString("")));
    if (model.isEmpty()) {
      return new Saved(create(path, model), true);
    }
    boolean exists = reading.isFile(target);
    Optional<String> problem = saving.save(target, model, exists);
    ObjectNode saved = reading.get(target, Query.MODEL);
    problem.ifPresent(message -> saved.put("message", message));
    return new Saved(saved, !exists);
  }

  /**
   * Makes or replaces a file with bytes as they come, of any number: all of them, or none.
   *
   * @return whether no file had this path before
   * @throws ContentsException 400 if something else than a file has the name, 403, 404 if the
   *     directory does not exist
   */
  public boolean write(String path, InputStream bytes) throws ContentsException {
    ApiPath target = ApiPath.parse(path);
    refuse("create", target);
    return Errors.translate(target, "saving", () -> saving.store(target, bytes));
  }

  /**
   * Makes a file, notebook or directory under a free name, or a copy (POST).
   *
   * @param directoryPath where; for a copy also the path of a file that is to be made
   * @param model with {@code type} and {@code ext}, or {@code copy_from}; may be empty
   * @return the model of what was made, without content
   * @throws ContentsException 400, 403, 404 if the directory or the copied file does not exist
   */
  public ObjectNode create(String directoryPath, ObjectNode model) throws ContentsException {
    ApiPath directory = ApiPath.parse(directoryPath);
    if (reading.isFile(directory)) {
      throw new ContentsException(400, "Cannot POST to files, use PUT instead.");
    }
    String from = Json.text(model, "copy_from");
    ApiPath made;
    if (from == null || from.isEmpty()) {
      refuse("create", directory);
      made = creation.untitled(directory, model);
    } else {
      ApiPath source = ApiPath.parse(from);
      refuse("copy", directory, source);
      made = creation.copy(source, directory);
    }
    return reading.get(made, Query.MODEL);
  }

  /**
   * Gives a file or directory another path (PATCH).
   *
   * @param model with {@code path}, the new one; without it nothing changes
   * @return the model under its new path, without content
   * @throws ContentsException 404 if it or the new directory does not exist, 409 if the new path
   *     exists, 400, 403
   */
  public ObjectNode rename(String path, ObjectNode model) throws ContentsException {
    ApiPath from = ApiPath.parse(path);
    String wished = Json.text(model, "path");
    ApiPath to = wished == null ? from : ApiPath.parse(wished);
    refuse("rename", from, to);
    if (!from.equals(to)) {
      moving.rename(from, to);
    }
    return reading.get(to, Query.MODEL);
  }

  /**
   * Deletes a file, for good, or a directory, if it is empty or the options allow more (DELETE).
   *
   * @throws ContentsException 404 if there is none, 400 if the directory is not empty, 403
   */
  public void delete(String path) throws ContentsException {
    ApiPath target = ApiPath.parse(path);
    refuse("delete", target);
    moving.delete(target);
  }

  /**
   * A file's checkpoints: one, with {@code id} and {@code last_modified}, or none.
   *
   * @throws ContentsException 404 if the file may not be seen
   */
  public ArrayNode checkpoints(String path) throws ContentsException {
    ApiPath file = visible(path);
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    return list.addAll(Errors.translate(file, "reading", () -> checkpoints.list(file)));
  }

  /**
   * Keeps a copy of a file, in place of the one before.
   *
   * @throws ContentsException 404 if there is no such file, 400 if it is not a regular file, 403
   */
  public ObjectNode createCheckpoint(String path) throws ContentsException {
    ApiPath file = visible(path);
    return Errors.translate(file, "copying", () -> checkpoints.create(file));
  }

  /**
   * Gives a file the content it had.
   *
   * @throws ContentsException 404 if there is no such checkpoint, 403
   */
  public void restoreCheckpoint(String path, String id) throws ContentsException {
    ApiPath file = visible(path);
    Errors.translate(file, "restoring", () -> checkpoints.restore(file, id));
  }

  /**
   * Deletes a file's copy.
   *
   * @throws ContentsException 404 if there is no such checkpoint, 403
   */
  public void deleteCheckpoint(String path, String id) throws ContentsException {
    ApiPath file = visible(path);
    Errors.translate(file, "deleting", () -> checkpoints.delete(file, id));
  }

  /**
   * Trusts a notebook as it is now: its outputs may run scripts in the browser.
   *
   * @throws ContentsException 400 if it is no notebook, 404, 403, 413
   */
  public void trust(String path) throws ContentsException {
    Query notebook = new Query("notebook", null, true, false);
    ObjectNode model = reading.get(ApiPath.parse(path), notebook);
    trust.sign(Notebook.write((ObjectNode) model.get("content")));
  }

  /**
   * Where a path is that a kernel printed: relative to the root, or to the kernel's directory;
   * absolute, or with {@code ~}.
   *
   * @param kernelDirectory null without a kernel
   */
  public Resolved resolve(String path, @Nullable Path kernelDirectory) {
    return resolver.resolve(path, kernelDirectory);
  }

  /**
   * Opens a file to be sent as it is.
   *
   * @throws ContentsException 404 if there is none that may be seen, 400 if it is not a regular
   *     file, 403
   */
  public RawFile raw(String path) throws ContentsException {
    ApiPath file = visible(path);
    return Errors.translate(file, "reading", () -> open(file));
  }

  private RawFile open(ApiPath path) throws IOException, ContentsException {
    try (Place place = root.find(path)) {
      Content.Opened file = Content.open(place, path);
      return new RawFile(
          file.channel(),
          path.name(),
          file.info().size(),
          file.info().modified(),
          MimeTypes.served(path.name()),
          Models.isNotebook(path));
    }
  }

  /**
   * Changes a notebook's file, unless others keep changing it at the same time. A notebook that was
   * trusted stays so.
   *
   * @param change must not call back here for the same file
   * @return false if it was not written, because the change did not want it, or the file changed at
   *     each of five attempts
   * @throws ContentsException as for reading and saving
   */
  public boolean updateNotebook(String path, NotebookChange change) throws ContentsException {
    return update.run(visible(path), change);
  }

  private ApiPath visible(String path) throws ContentsException {
    ApiPath file = ApiPath.parse(path);
    if (isRefused(file)) {
      throw ContentsException.missing(file);
    }
    return file;
  }

  private void refuse(String doing, ApiPath... paths) throws ContentsException {
    for (ApiPath path : paths) {
      if (isRefused(path)) {
        throw new ContentsException(400, "Cannot " + doing + " file or directory " + path.quoted());
      }
    }
  }

  private boolean isRefused(ApiPath path) {
    return path.isHidden() && !options.allowHidden();
  }
}
