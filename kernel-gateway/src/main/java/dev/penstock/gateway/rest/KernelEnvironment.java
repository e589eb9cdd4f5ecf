package dev.penstock.gateway.rest;

import dev.penstock.gateway.http.HttpException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The environment of kernels: what the server hands on, and of what a client sends {@code
 * KERNEL_*}, {@code JPY_SESSION_NAME} and the names it was told to take (REST-34).
 *
 * @param base what every kernel gets
 * @param allowed names that clients may set besides {@code KERNEL_*}; {@code *} for all
 */
public record KernelEnvironment(Map<String, String> base, Set<String> allowed) {
  /** Where jupyter_server says which notebook a kernel is of. */
  static final String SESSION_NAME = "JPY_SESSION_NAME";

  /** Where a client says in which directory a kernel starts, wherever that is. */
  public static final String WORKING_DIRECTORY = "KERNEL_WORKING_DIR";

  private static final String PREFIX = "KERNEL_";
  private static final int LONGEST = 1 << 16;

  /**
   * The environment for one kernel.
   *
   * @param wanted the {@code env} of a call; null if it has none
   * @throws HttpException 400 if it is not an object of texts
   */
  Map<String, String> of(@Nullable JsonNode wanted) throws HttpException {
    Map<String, String> env = new TreeMap<>(base);
    env.put("KERNEL_GATEWAY", "1");
    if (wanted == null || wanted.isNull()) {
      return env;
    }
    if (!wanted.isObject()) {
      throw new HttpException(400, "env must be an object of names and values");
    }
    for (Map.Entry<String, JsonNode> variable : wanted.properties()) {
      String name = variable.getKey();
      if (isAllowed(name)) {
        env.put(check(name), value(name, variable.getValue()));
      }
    }
    return env;
  }

  /** Whether clients may set the variable of this name. */
  public boolean isAllowed(String name) {
    return name.startsWith(PREFIX)
        || name.equals(SESSION_NAME)
        || allowed.contains(name)
        || allowed.contains("*");
  }

  private static String check(String name) throws HttpException {
    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
      throw new HttpException(400, "env has a name that no variable can have");
    }
    return name;
  }

  /** The value is never repeated in an error: it may be a secret. */
  private static String value(String name, JsonNode value) throws HttpException {
    if (!value.isString()) {
      throw new HttpException(400, "env: the value of " + name + " must be a text");
    }
    String text = value.asString();
    if (text.length() > LONGEST || text.indexOf('\0') >= 0) {
      throw new HttpException(
          400, "env: the value of " + name + " is too long or holds a zero character");
    }
    return text;
  }
}
