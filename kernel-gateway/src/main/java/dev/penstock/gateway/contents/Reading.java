package dev.penstock.gateway.contents;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Models of what is there (GET). */
final class Reading {
  private final Root root;
  private final Options options;
  private final Trust trust;
  private final Listing listing;

  Reading(Root root, Options options, Trust trust) {
    this.root = root;
    this.options = options;
    this.trust = trust;
    listing = new Listing(root, options.allowHidden());
  }

  /** The model of a path that may be seen. */
  ObjectNode get(ApiPath path, Query query) throws ContentsException {
    if (path.isHidden() && !options.allowHidden()) {
      throw ContentsException.missing(path);
    }
    return Errors.translate(path, "reading", () -> model(path, query));
  }

  private ObjectNode model(ApiPath path, Query query) throws IOException, ContentsException {
    try (Place place = root.find(path)) {
      FileInfo info = Content.existing(place);
      String type = query.type();
      if (info.isDirectory()) {
        if (type != null && !type.equals("directory")) {
          throw new ContentsException(400, path + " is a directory, not a " + type);
        }
        return directory(place, path, info, query.content());
      }
      if ("directory".equals(type)) {
        throw new ContentsException(400, path + " is not a directory");
      }
      boolean notebook = type == null ? Models.isNotebook(path) : type.equals("notebook");
      return file(place, path, query, notebook);
    }
  }

  private ObjectNode directory(Place place, ApiPath path, FileInfo info, boolean content)
      throws IOException {
    ObjectNode model = Models.of(path, info, place.isWritable());
    if (content) {
      try (Handle directory = place.enter()) {
        model.putArray("content").addAll(listing.of(directory, path));
      }
      model.put("format", "json");
    }
    return model;
  }

  private ObjectNode file(Place place, ApiPath path, Query query, boolean notebook)
      throws IOException, ContentsException {
    if (!query.content() && !query.hash()) {
      FileInfo info = Content.existing(place);
      if (!info.isFile()) {
        throw new ContentsException(400, "Cannot read non-file " + path);
      }
      return bare(place, path, info, notebook);
    }
    try (Content.Opened file = Content.open(place, path)) {
      ObjectNode model = bare(place, path, file.info(), notebook);
      @Nullable String hash;
      if (query.content()) {
        byte[] bytes = Content.read(file, path, options.maxJsonBytes());
        fill(model, path, bytes, query.format(), notebook);
        hash = query.hash() ? Content.hash(bytes) : null;
      } else {
        hash = Content.hash(file.channel());
      }
      if (hash != null) {
        model.put("hash", hash).put("hash_algorithm", "sha256");
      }
      return model;
    }
  }

  private static ObjectNode bare(Place place, ApiPath path, FileInfo info, boolean notebook) {
    ObjectNode model = Models.of(path, info, place.isWritable());
    model.put("type", notebook ? "notebook" : "file");
    if (!notebook) {
      model.put("mimetype", MimeTypes.guess(path.name()).type());
    }
    return model;
  }

  private void fill(
      ObjectNode model, ApiPath path, byte[] bytes, @Nullable String format, boolean notebook)
      throws ContentsException {
    if (notebook) {
      ObjectNode content = Notebook.read(bytes, path);
      String problem = NotebookProblem.find(content);
      trust.mark(content, bytes);
      model.set("content", content);
      model.put("format", "json");
      if (problem != null) {
        model.put("message", problem);
      }
      return;
    }
    String text = "base64".equals(format) ? null : Content.text(bytes);
    if (text == null && "text".equals(format)) {
      throw new ContentsException(400, path + " is not UTF-8 encoded");
    }
    model.put("content", text != null ? text : Content.base64(bytes));
    model.put("format", text != null ? "text" : "base64");
    if (model.path("mimetype").isNull()) {
      model.put("mimetype", text != null ? "text/plain" : "application/octet-stream");
    }
  }

  /** Whether a path, links followed, is a regular file; never for hidden ones. */
  boolean isFile(ApiPath path) throws ContentsException {
    return is(path, FileInfo.Kind.FILE);
  }

  /** Whether a path, links followed, is a directory; never for hidden ones. */
  boolean isDirectory(ApiPath path) throws ContentsException {
    return is(path, FileInfo.Kind.DIRECTORY);
  }

  private boolean is(ApiPath path, FileInfo.Kind kind) throws ContentsException {
    if (path.isHidden() && !options.allowHidden()) {
      return false;
    }
    try (Place place = root.find(path)) {
      FileInfo info = place.look();
      return info != null && info.kind() == kind;
    } catch (IOException e) {
      // Not there, not reachable or not a name: it is nothing that this client can use.
      return false;
    }
  }
}
