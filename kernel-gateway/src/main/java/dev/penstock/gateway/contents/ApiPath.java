package dev.penstock.gateway.contents;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A path of the contents API: names from the root down, none of them empty, {@code .} or {@code
 * ..}. The root has none.
 */
record ApiPath(List<String> names) {
  /** NAME_MAX of Linux's file systems. */
  private static final int MAX_NAME_BYTES = 255;

  /** More than any client needs; the walk opens a directory for each. */
  private static final int MAX_NAMES = 1000;

  static final ApiPath ROOT = new ApiPath(List.of());

  ApiPath {
    names = List.copyOf(names);
  }

  /**
   * Reads a path as clients send it, percent-encoding already undone; slashes around it and between
   * names may be many.
   *
   * @throws ContentsException 404 if it has {@code ..}, NUL or a lone surrogate; 400 if a name is
   *     too long
   */
  static ApiPath parse(String text) throws ContentsException {
    checkLetters(text);
    List<String> names = new ArrayList<>();
    for (String name : text.split("/", -1)) {
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(checked(name, text));
      }
    }
    if (names.size() > MAX_NAMES) {
      throw new ContentsException(400, "The path has more than " + MAX_NAMES + " directories");
    }
    return names.isEmpty() ? ROOT : new ApiPath(names);
  }

  private static String checked(String name, String path) throws ContentsException {
    if (name.equals("..")) {
      throw ContentsException.outside(path);
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw new ContentsException(
          400, "File name too long: a name has at most " + MAX_NAME_BYTES + " bytes");
    }
    return name;
  }

  private static void checkLetters(String text) throws ContentsException {
    if (text.indexOf(0) >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new ContentsException(404, "The path has characters that no file name can have");
    }
  }

  /**
   * A path one name longer.
   *
   * @throws ContentsException if it is not one name that a file can have
   */
  ApiPath child(String name) throws ContentsException {
    checkLetters(name);
    if (name.isEmpty() || name.equals(".") || name.indexOf('/') >= 0) {
      throw new ContentsException(400, "Not a file name: '" + name + "'");
    }
    List<String> longer = new ArrayList<>(names);
    longer.add(checked(name, name));
    return new ApiPath(longer);
  }

  boolean isRoot() {
    return names.isEmpty();
  }

  /** The last name, empty for the root. */
  String name() {
    return names.isEmpty() ? "" : names.getLast();
  }

  /** The directory it is in; the root's is the root. */
  ApiPath parent() {
    return names.isEmpty() ? ROOT : new ApiPath(names.subList(0, names.size() - 1));
  }

  /** Whether a name begins with a dot, as files have that are not to be seen. */
  boolean isHidden() {
    return names.stream().anyMatch(name -> name.startsWith("."));
  }

  /** Whether this is the other path or below it. */
  boolean isWithin(ApiPath other) {
    return names.size() >= other.names.size()
        && names.subList(0, other.names.size()).equals(other.names);
  }

  /** For messages: {@code 'a/b.txt'}. */
  String quoted() {
    return "'" + this + "'";
  }

  /** As models name it: {@code a/b.txt}, without a slash in front. */
  @Override
  public String toString() {
    return String.join("/", names);
  }
}
