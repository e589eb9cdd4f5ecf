package dev.penstock.gateway.http;

import dev.penstock.gateway.json.Json;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Fields of a call's body, checked; a field that is null is not there. */
public final class Fields {
  private Fields() {}

  /**
   * Refuses a body with fields that nobody would look at: a time limit by another name would be
   * none.
   */
  public static void only(ObjectNode body, Set<String> known) throws HttpException {
    for (String field : body.propertyNames()) {
      if (!known.contains(field)) {
        throw new HttpException(
            400,
            "There is no field %s here: %s"
                .formatted(Json.clean(field), String.join(", ", new TreeSet<>(known))));
      }
    }
  }

  /** A text that has to be there. */
  public static String text(ObjectNode body, String name) throws HttpException {
    String text = textOrNull(body, name);
    if (text == null) {
      throw new HttpException(400, name + " must be a text");
    }
    return text;
  }

  /** A text, or null. */
  public static @Nullable String textOrNull(ObjectNode body, String name) throws HttpException {
    JsonNode value = value(body, name);
    if (value != null && !value.isString()) {
      throw new HttpException(400, name + " must be a text");
    }
    return value == null ? null : value.asString();
  }

  /** A truth. */
  public static boolean flag(ObjectNode body, String name, boolean otherwise) throws HttpException {
    JsonNode value = value(body, name);
    if (value != null && !value.isBoolean()) {
      throw new HttpException(400, name + " must be true or false");
    }
    return value == null ? otherwise : value.booleanValue();
  }

  /** A number of seconds above 0, or null. */
  public static @Nullable Double seconds(ObjectNode body, String name) throws HttpException {
    JsonNode value = value(body, name);
    if (value == null) {
      return null;
    }
    double seconds = value.isNumber() ? value.doubleValue() : 0;
    if (!(seconds > 0) || Double.isInfinite(seconds)) {
      throw new HttpException(400, name + " must be a number of seconds above 0");
    }
    return seconds;
  }

  /** A whole number from 0 on, or null. */
  public static @Nullable Long count(ObjectNode body, String name) throws HttpException {
    JsonNode value = value(body, name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw new HttpException(400, name + " must be a whole number from 0 on");
    }
    return value.longValue();
  }

  /** An object, or null. */
  public static @Nullable ObjectNode object(ObjectNode body, String name) throws HttpException {
    JsonNode value = value(body, name);
    if (value == null) {
      return null;
    }
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw new HttpException(400, name + " must be an object");
  }

  private static @Nullable JsonNode value(ObjectNode body, String name) {
    JsonNode value = body.get(name);
    return value == null || value.isNull() ? null : value;
  }
}
