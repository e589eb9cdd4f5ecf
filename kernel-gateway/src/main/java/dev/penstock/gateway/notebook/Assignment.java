package dev.penstock.gateway.notebook;

import dev.penstock.gateway.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/**
 * Code that sets {@code REQUEST} to a JSON text (NBH-02). What a client sends must never become
 * code: in many languages a quoted text may hold expressions ({@code "$(rm x)"}), so within the
 * JSON all but plain characters are written by their numbers, which mean the same to whoever reads
 * it.
 */
final class Assignment {
  /** Besides letters and digits, in texts of JSON and around them. */
  private static final String PLAIN = " _-./:,;=+*?(){}[]|\"\\";

  private Assignment() {}

  /**
   * The statement.
   *
   * @param language of the kernel, in small letters
   */
  static String of(ObjectNode request, String language) {
    String json = new String(Json.bytes(request), StandardCharsets.UTF_8);
    StringBuilder literal = new StringBuilder(json.length() * 2).append('"');
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '"' || c == '\\') {
        literal.append('\\').append(c);
      } else if (isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0) {
        literal.append(c);
      } else {
        literal.append("\\\\u").append(String.format(Locale.ROOT, "%04x", (int) c));
      }
    }
    literal.append('"');
    return switch (language) {
      case "bash" -> "REQUEST=" + literal;
      case "perl" -> "my $REQUEST = " + literal;
      default -> "REQUEST = " + literal;
    };
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }
}
