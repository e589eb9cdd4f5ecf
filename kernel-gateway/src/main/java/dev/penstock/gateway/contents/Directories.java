package dev.penstock.gateway.contents;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;

/** Makes directories, with the permissions that the user's umask leaves. */
final class Directories {
  private static final int NEW_DIRECTORY_MODE = 0777;

  private final Root root;
  private final int mode;

  Directories(Root root, int umask) {
    this.root = root;
    mode = NEW_DIRECTORY_MODE & ~umask;
  }

  /** Makes a directory. Fails if the name is taken. */
  void create(Place place) throws IOException {
    Files.createDirectory(place.path());
    AtomicFile.permit(place.path(), mode);
  }

  /**
   * Makes a directory if there is none.
   *
   * @return whether it was made
   * @throws ContentsException 400 if something else has the name
   */
  boolean ensure(ApiPath path) throws IOException, ContentsException {
    try (Place place = root.findNew(path, true)) {
      FileInfo existing = place.look();
      if (existing == null) {
        create(place);
        return true;
      }
      if (!existing.isDirectory()) {
        throw new ContentsException(400, "Not a directory: " + path);
      }
      return false;
    } catch (FileAlreadyExistsException e) {
      // Somebody else was quicker; what the name is now will be seen when it is used.
      return false;
    }
  }
}
