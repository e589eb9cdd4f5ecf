package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Fields;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.LifeLimits;
import dev.penstock.gateway.rest.KernelEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code POST /api/v1/sessions} asks for.
 *
 * @param name of the kernelspec; null for the default one
 * @param model {@code kernel_id}, {@code environment}, {@code path} and {@code env}, as of {@code
 *     POST /api/kernels}
 */
record SessionOrder(@Nullable String name, ObjectNode model, LifeLimits limits) {
  private static final Set<String> FIELDS =
      Set.of("id", "name", "environment", "cwd", "env", "limits");

  private static final Set<String> LIMITS = Set.of("memory", "cpu_s");

  /** Bytes without which no worker starts. */
  private static final long LEAST_MEMORY = 16L << 20;

  private static final Map<String, Integer> UNITS = Map.of("K", 10, "M", 20, "G", 30, "T", 40);

  /**
   * Reads it. What cannot be had is refused, and not left out.
   *
   * @throws HttpException 400, one line for people
   */
  static SessionOrder of(ObjectNode body, KernelEnvironment environment, Path root)
      throws HttpException {
    Fields.only(body, FIELDS);
    ObjectNode model = Json.object();
    String id = Fields.textOrNull(body, "id");
    if (id != null) {
      model.put("kernel_id", id);
    }
    String inside = Fields.textOrNull(body, "environment");
    if (inside != null) {
      model.put("environment", inside);
    }
    String cwd = Fields.textOrNull(body, "cwd");
    if (cwd != null) {
      model.put("path", below(root, cwd));
    }
    ObjectNode env = Fields.object(body, "env");
    if (env != null) {
      if (env.has(KernelEnvironment.WORKING_DIRECTORY)) {
        throw new HttpException(
            400, "env: the directory is chosen by cwd, not by KERNEL_WORKING_DIR");
      }
      for (Map.Entry<String, JsonNode> variable : env.properties()) {
        if (!environment.isAllowed(variable.getKey())) {
          throw new HttpException(
              400,
              "env: clients may not set %s here (penstock serve --allow-env)"
                  .formatted(Json.clean(variable.getKey())));
        }
      }
      model.set("env", env);
    }
    return new SessionOrder(Fields.textOrNull(body, "name"), model, limits(body));
  }

  private static LifeLimits limits(ObjectNode body) throws HttpException {
    ObjectNode limits = Fields.object(body, "limits");
    if (limits == null) {
      return LifeLimits.NONE;
    }
    Fields.only(limits, LIMITS);
    Long cpu = Fields.count(limits, "cpu_s");
    long memory = memory(limits.get("memory"));
    if (memory > 0 && memory < LEAST_MEMORY) {
      throw new HttpException(400, "limits.memory must be 16M or more: a session alone takes that");
    }
    return new LifeLimits(memory, cpu == null ? 0 : cpu);
  }

  /** A number of bytes, or a text such as {@code 2G}. */
  private static long memory(@Nullable JsonNode value) throws HttpException {
    if (value == null || value.isNull()) {
      return 0;
    }
    String text = value.asString("").strip();
    if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() > 0) {
      return value.longValue();
    }
    if (text.matches("(?i)[1-9]\\d{0,9}[KMGT]?(i?B)?")) {
      String digits = text.replaceAll("\\D", "");
      String unit = text.substring(digits.length()).toUpperCase(Locale.ROOT);
      int shift = unit.isEmpty() ? 0 : UNITS.getOrDefault(unit.substring(0, 1), 0);
      if (Long.parseLong(digits) > Long.MAX_VALUE >> shift) {
        throw new HttpException(400, "limits.memory is more than there can be");
      }
      return Long.parseLong(digits) << shift;
    }
    throw new HttpException(400, "limits.memory must be a number of bytes, or a text such as 2G");
  }

  /** The path from the root of a directory that is below it, links resolved. */
  private static String below(Path root, String cwd) throws HttpException {
    try {
      Path real = root.toRealPath();
      Path wanted = real.resolve(cwd).toRealPath();
      if (wanted.startsWith(real) && Files.isDirectory(wanted)) {
        return real.relativize(wanted).toString();
      }
    } catch (IOException | InvalidPathException e) {
      // Not there, or no name that a file can have.
    }
    throw new HttpException(400, "cwd must be a directory below the server's root directory");
  }
}
