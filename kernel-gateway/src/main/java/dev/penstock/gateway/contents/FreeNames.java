package dev.penstock.gateway.contents;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.regex.Pattern;

/**
 * Names for new files: {@code Untitled1.ipynb}, {@code data-Copy2.csv}, as jupyter_server counts.
 */
final class FreeNames {
  private static final Pattern COPY = Pattern.compile("-Copy\\d*\\.");

  /** Where a directory has more untitled files than this, something has gone wrong. */
  private static final int MAX_NUMBER = 100_000;

  private FreeNames() {}

  /** Makes something that fails if its name is taken. */
  interface Maker {
    void make(Place place) throws IOException, ContentsException;
  }

  /** A copy's name before it is counted: without the count of the copy it is made from. */
  static String uncounted(String name) {
    return COPY.matcher(name).replaceAll(".");
  }

  /**
   * Makes something under the first name that is free, also when others make such names meanwhile.
   *
   * @param wished the name for the first one
   * @param insert what is put before the number, such as {@code -Copy}
   * @return the path that was made
   */
  static ApiPath make(Root root, ApiPath directory, String wished, String insert, Maker maker)
      throws IOException, ContentsException {
    int dot = wished.endsWith(".ipynb") ? wished.lastIndexOf('.') : wished.indexOf('.');
    String base = dot < 0 ? wished : wished.substring(0, dot);
    String suffix = dot < 0 ? "" : wished.substring(dot);
    for (int i = 0; i < MAX_NUMBER; i++) {
      ApiPath path = directory.child(i == 0 ? wished : base + insert + i + suffix);
      try (Place place = root.findLink(path)) {
        if (!Files.exists(place.path(), LinkOption.NOFOLLOW_LINKS)) {
          maker.make(place);
          return path;
        }
      } catch (FileAlreadyExistsException e) {
        // Taken between the look and the making: the next number may be free.
      }
    }
    throw new ContentsException(
        409, "Too many files named like '" + wished + "' in '" + directory + "'");
  }
}
