package dev.penstock.gateway.notebook;

import java.util.Map;
import java.util.regex.Pattern;

/** How comments of one line begin. */
final class Comments {
  private static final String OTHERS = "#";

  private static final Map<String, String> KNOWN =
      Map.ofEntries(
          Map.entry("scala", "//"),
          Map.entry("java", "//"),
          Map.entry("kotlin", "//"),
          Map.entry("groovy", "//"),
          Map.entry("javascript", "//"),
          Map.entry("typescript", "//"),
          Map.entry("go", "//"),
          Map.entry("rust", "//"),
          Map.entry("c", "//"),
          Map.entry("c++", "//"),
          Map.entry("c#", "//"),
          Map.entry("f#", "//"),
          Map.entry("sql", "--"),
          Map.entry("haskell", "--"),
          Map.entry("lua", "--"));

  private Comments() {}

  /**
   * A cell that begins with a comment of this form.
   *
   * @param language in small letters
   * @param form a regular expression for the rest of the comment
   */
  static Pattern pattern(String language, String form) {
    return Pattern.compile(Pattern.quote(KNOWN.getOrDefault(language, OTHERS)) + form);
  }
}
