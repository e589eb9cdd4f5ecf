package dev.penstock.gateway.rpc.examples;

import dev.penstock.gateway.json.Json;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What the examples do with a text. */
enum Echo {
  ECHO,
  REVERSE,
  UPPERCASE,
  LOWERCASE;

  /** The method of this name, in whatever case; empty if there is none. */
  static Optional<Echo> named(String name) {
    for (Echo echo : values()) {
      if (echo.name().equalsIgnoreCase(name)) {
        return Optional.of(echo);
      }
    }
    return Optional.empty();
  }

  /** Whether it can be done: anything can be echoed, the others are for texts. */
  boolean takes(JsonNode value) {
    return this == ECHO || value.isString();
  }

  /** Does it. */
  JsonNode of(JsonNode value) {
    return switch (this) {
      case ECHO -> value;
      case REVERSE -> Json.string(new StringBuilder(value.asString()).reverse().toString());
      case UPPERCASE -> Json.string(value.asString().toUpperCase(Locale.ROOT));
      case LOWERCASE -> Json.string(value.asString().toLowerCase(Locale.ROOT));
    };
  }
}
