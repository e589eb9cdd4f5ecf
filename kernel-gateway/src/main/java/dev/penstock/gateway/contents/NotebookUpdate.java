package dev.penstock.gateway.contents;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.UnaryOperator;
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

  boolean run(ApiPath path, UnaryOperator<ObjectNode> change) throws ContentsException {
    return Errors.translate(
        path,
        "saving",
        () -> {
          for (int i = 0; i < ATTEMPTS; i++) {
            try (Place place = root.find(path)) {
              if (locks.locked(place, () -> attempt(place, path, change))) {
                return true;
              }
            }
          }
          return false;
        });
  }

  private boolean attempt(Place place, ApiPath path, UnaryOperator<ObjectNode> change)
      throws IOException, ContentsException {
    FileInfo before;
    byte[] bytes;
    try (Content.Opened file = Content.open(place, path)) {
      before = file.info();
      bytes = Content.read(file, path, options.maxJsonBytes());
    }
    ObjectNode notebook = Notebook.read(bytes, path);
    boolean trusted = trust.isTrusted(notebook, bytes);
    byte[] changed = Notebook.write(change.apply(notebook));
    if (Arrays.equals(bytes, changed)) {
      return true;
    }
    AtomicFile.Check isUnchanged =
        () -> {
          FileInfo now = place.look();
          return now != null && now.isUnchanged(before);
        };
    boolean written = files.write(place, channel -> Content.write(channel, changed), isUnchanged);
    if (written && trusted) {
      // What a server writes into a trusted notebook was made by its cells.
      trust.sign(changed);
    }
    return written;
  }
}
