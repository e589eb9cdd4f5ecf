package dev.penstock.gateway.contents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a directory's model lists: files, directories, and links that lead to such inside the root.
 * Not listed are hidden files, what Python leaves behind, names that are not UTF-8, pipes and
 * devices, and whatever vanishes meanwhile or cannot be looked at.
 */
final class Listing {
  private final Root root;
  private final boolean allowHidden;

  Listing(Root root, boolean allowHidden) {
    this.root = root;
    this.allowHidden = allowHidden;
  }

  /** Models without content, sorted by name. */
  List<ObjectNode> of(Handle directory, ApiPath path) throws IOException {
    List<ObjectNode> models = new ArrayList<>();
    for (String name : names(directory)) {
      if (isListed(name)) {
        ObjectNode model = entry(directory, path, name);
        if (model != null) {
          models.add(model);
        }
      }
    }
    return models;
  }

  /** All names in a directory that are UTF-8, sorted. */
  private static SortedSet<String> names(Handle directory) throws IOException {
    SortedSet<String> names = new TreeSet<>();
    for (Path name : Trees.names(directory)) {
      if (isText(name)) {
        names.add(name.toString());
      }
    }
    return names;
  }

  private static boolean isText(Path name) {
    try {
      // Other bytes than UTF-8 are decoded with replacements, and then it is another name.
      return Path.of(name.toString()).equals(name);
    } catch (InvalidPathException e) {
      // The replacement cannot even be written (LC_ALL=C).
      return false;
    }
  }

  private boolean isListed(String name) {
    if (!allowHidden && name.startsWith(".")) {
      return false;
    }
    return !name.equals("__pycache__")
        && !name.equals(".DS_Store")
        && !name.endsWith(".pyc")
        && !name.endsWith(".pyo")
        && !name.endsWith("~");
  }

  private @Nullable ObjectNode entry(Handle directory, ApiPath parent, String name) {
    try {
      ApiPath path = parent.child(name);
      FileInfo info = FileInfo.of(directory.child(name), LinkOption.NOFOLLOW_LINKS);
      if (!info.isLink()) {
        return model(path, info, directory.child(name));
      }
      try (Place target = root.find(path)) {
        return model(path, Content.existing(target), target.path());
      }
    } catch (IOException | ContentsException e) {
      // Gone since its name was read, a link that leads nowhere or out, or not ours to look at.
      return null;
    }
  }

  private @Nullable ObjectNode model(ApiPath path, FileInfo info, Path file) {
    if (!info.isFile() && !info.isDirectory()) {
      return null;
    }
    if (info.isDirectory()
        && !allowHidden
        && !(Files.isReadable(file) && Files.isExecutable(file))) {
      return null;
    }
    ObjectNode model = Models.of(path, info, Files.isWritable(file));
    if (info.isFile() && !Models.isNotebook(path)) {
      model.put("mimetype", MimeTypes.guess(path.name()).type());
    }
    return model;
  }
}
