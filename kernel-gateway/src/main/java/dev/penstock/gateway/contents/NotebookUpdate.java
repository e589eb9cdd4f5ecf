package dev.penstock.gateway.contents;

import java.io.IOException;
import java.util.Arrays;
import tools.jackson.databind.node.ObjectNode;

/** Changes a notebook that others may be saving at the same time. */
final class NotebookUpdate {
  private static final int ATTEMPTS = 5;

  private final Root root;
  private final Options options;
  private final AtomicFile files;
  private final Trust trust;
  private final Locks locks;

  NotebookUpdate(Root root, Options options, AtomicFile files, Trust trust, Locks locks) {
    this.root = root;
    this.options = options;
    this.files = files;
    this.trust = trust;
    this.locks = locks;
  }

  private enum Result {
    WRITTEN,
    UNWANTED,
    CHANGED
  }

  boolean run(ApiPath path, NotebookChange change) throws ContentsException {
    return Errors.translate(
        path,
        "saving",
        () -> {
          for (int i = 0; i < ATTEMPTS; i++) {
            try (Place place = root.find(path)) {
              Result result = locks.locked(place, () -> attempt(place, path, change));
              if (result != Result.CHANGED) {
                return result == Result.WRITTEN;
              }
            }
          }
          return false;
        });
  }

  private Result attempt(Place place, ApiPath path, NotebookChange change)
      throws IOException, ContentsException {
    FileInfo before;
    byte[] bytes;
    try (Content.Opened file = Content.open(place, path)) {
      before = file.info();
      bytes = Content.read(file, path, options.maxJsonBytes());
    }
    ObjectNode notebook = Notebook.read(bytes, path);
    boolean trusted = trust.isTrusted(notebook, bytes);
    ObjectNode original = notebook.deepCopy();
    ObjectNode wanted = change.apply(notebook);
    if (wanted == null) {
      return Result.UNWANTED;
    }
    byte[] changed = changed(bytes, original, wanted, path);
    if (Arrays.equals(bytes, changed)) {
      return Result.WRITTEN;
    }
    AtomicFile.Check isUnchanged =
        () -> {
          FileInfo now = place.look();
          return now != null && now.isUnchanged(before) && change.isStillWanted();
        };
    boolean written = files.write(place, channel -> Content.write(channel, changed), isUnchanged);
    if (written && trusted) {
      // What a server writes into a trusted notebook was made by its cells.
      trust.sign(changed);
    }
    return written ? Result.WRITTEN : Result.CHANGED;
  }

  /** The file's bytes with as few of them changed as can be. */
  private static byte[] changed(byte[] bytes, ObjectNode original, ObjectNode wanted, ApiPath path)
      throws ContentsException {
    byte[] patched = NotebookPatch.patched(bytes, original, wanted);
    // A file may say the same thing twice, or leave out a cell's id: such a one is written anew.
    return patched != null && Notebook.read(patched, path).equals(wanted)
        ? patched
        : Notebook.write(wanted);
  }
}
