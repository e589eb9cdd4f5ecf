package dev.penstock.gateway.pathview;

import dev.penstock.gateway.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A package that a page wants in its session.
 *
 * @param module name to import
 * @param spec what pip is asked for when it cannot be imported
 * @param required whether the session is of no use without it
 * @param pre whether pip may take a release before the release
 */
record PackageWish(String module, String spec, boolean required, boolean pre) {

  /** The wishes of an init's {@code packages}; null if that is no list of objects. */
  static @Nullable List<PackageWish> all(@Nullable JsonNode packages) {
    if (packages == null || packages.isNull()) {
      return List.of();
    }
    if (!packages.isArray()) {
      return null;
    }
    List<PackageWish> wishes = new ArrayList<>();
    for (JsonNode wish : packages) {
      if (!wish.isObject()) {
        return null;
      }
      String module = Objects.requireNonNullElse(Json.text(wish, "import"), "");
      String spec = Objects.requireNonNullElse(Json.text(wish, "pip"), module);
      boolean required = wish.path("required").asBoolean(false);
      wishes.add(new PackageWish(module, spec, required, wish.path("pre").asBoolean(false)));
    }
    return wishes;
  }

  /**
   * An expression whose value is the version, null if it says none; it installs what is missing.
   */
  String expression() {
    return "__import__('penstock.packages', fromlist=['ensure']).ensure(globals(), "
        + literal(module)
        + ", "
        + literal(spec)
        + ", pre="
        + (pre ? "True" : "False")
        + ")";
  }

  /** The text as Python's source has it, in ASCII. */
  private static String literal(String text) {
    StringBuilder literal = new StringBuilder("'");
    text.codePoints()
        .forEach(point -> {
          boolean plain = point >= ' ' && point < 0x7f && point != '\'' && point != '\\';
          literal.append(plain ? Character.toString(point) : "\\U%08x".formatted(point));
        });
    return literal.append('\'').toString();
  }
}
