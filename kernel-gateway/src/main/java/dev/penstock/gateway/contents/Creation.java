package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** New files and directories in a directory, under names that the server chooses (POST). */
final class Creation {
  private final Root root;
  private final Options options;
  private final AtomicFile files;
  private final Directories directories;
  private final Reading reading;
  private final Saving saving;

  Creation(
      Root root,
      Options options,
      AtomicFile files,
      Directories directories,
      Reading reading,
      Saving saving) {
    this.root = root;
    this.options = options;
    this.files = files;
    this.directories = directories;
    this.reading = reading;
    this.saving = saving;
  }

  /**
   * Makes an empty file, notebook or directory.
   *
   * @param model with {@code type}, and {@code ext} for files
   * @return its path
   */
  ApiPath untitled(ApiPath directory, ObjectNode model) throws ContentsException {
    if (!reading.isDirectory(directory)) {
      throw new ContentsException(404, "No such directory: " + directory);
    }
    String ending = Objects.requireNonNullElse(Json.text(model, "ext"), "");
    String type = Objects.requireNonNullElse(Json.text(model, "type"), "");
    if (type.isEmpty()) {
      type = ending.equals(".ipynb") ? "notebook" : "file";
    }
    String kind = type;
    return Errors.translate(directory, "creating", () -> untitled(directory, kind, ending));
  }

  private ApiPath untitled(ApiPath directory, String type, String ending)
      throws IOException, ContentsException {
    return switch (type) {
      case "directory" ->
          FreeNames.make(root, directory, "Untitled Folder", " ", directories::create);
      case "notebook" -> {
        byte[] empty = Notebook.write(Notebook.empty());
        ApiPath made = file(directory, "Untitled.ipynb", empty);
        saving.created(made, empty);
        yield made;
      }
      default -> file(directory, "untitled" + ending, new byte[0]);
    };
  }

  private ApiPath file(ApiPath directory, String name, byte[] content)
      throws IOException, ContentsException {
    return FreeNames.make(
        root, directory, name, "", place -> files.create(place, c -> Content.write(c, content)));
  }

  /**
   * Copies a file or directory.
   *
   * @param to a directory, in which the copy gets a free name, or a new file's path
   * @return the copy's path
   */
  ApiPath copy(ApiPath from, ApiPath to) throws ContentsException {
    boolean isInto = reading.isDirectory(to);
    if (!isInto && !reading.isDirectory(to.parent())) {
      throw new ContentsException(
          404, "No such parent directory: " + to.parent() + " to copy file in");
    }
    return Errors.translate(
        from,
        "copying",
        () -> {
          try (Place source = root.find(from)) {
            FileInfo info = Content.existing(source);
            FreeNames.Maker maker =
                info.isDirectory()
                    ? place -> copyDirectory(source, place, from)
                    : place -> copyFile(source, place, from);
            ApiPath directory = isInto ? to : to.parent();
            String name = isInto ? FreeNames.uncounted(from.name()) : to.name();
            ApiPath made = FreeNames.make(root, directory, name, "-Copy", maker);
            if (info.isFile() && Models.isNotebook(made)) {
              saving.ensureCheckpoint(made);
            }
            return made;
          }
        });
  }

  private void copyFile(Place source, Place target, ApiPath from)
      throws IOException, ContentsException {
    try (Content.Opened file = Content.open(source, from)) {
      FileChannel channel = file.channel();
      files.create(target, copy -> Content.transfer(channel, copy));
    }
  }

  private void copyDirectory(Place source, Place target, ApiPath from)
      throws IOException, ContentsException {
    try (Handle directory = source.enter()) {
      long size = Trees.size(directory);
      if (size > options.maxCopyBytes()) {
        throw new ContentsException(
            400,
            "Can't copy folders larger than "
                + Sizes.readable(options.maxCopyBytes())
                + ", \""
                + from
                + "\" is "
                + Sizes.readable(size));
      }
      directories.create(target);
      boolean copied = false;
      try (Handle copy = target.enter()) {
        Trees.copy(directory, copy, FileInfo.of(copy.path()));
        copied = true;
      } finally {
        if (!copied) {
          Trees.delete(target.directory(), Path.of(target.name()));
        }
      }
    }
  }
}
