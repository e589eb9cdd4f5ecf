package dev.penstock.gateway.foreign;

import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.specs.KernelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Command and environment of a kernel's process, as jupyter_client makes them of a kernelspec.
 *
 * @param argv the program first, with its path
 * @param env the whole environment
 */
record LaunchCommand(List<String> argv, Map<String, String> env) {
  private static final Pattern TEMPLATE = Pattern.compile("\\{([A-Za-z0-9_]+)\\}");
  private static final Pattern PYTHON = Pattern.compile("python(3(\\.[0-9]+)?)?");

  /** Python's {@code string.Template}. */
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:(\\$)|([_a-zA-Z][_a-zA-Z0-9]*)|\\{([_a-zA-Z][_a-zA-Z0-9]*)\\})");

  /**
   * Fills in a kernelspec.
   *
   * @throws KernelException if there is no such program
   */
  static LaunchCommand of(LifeOrder order, Path connectionFile, ForeignSettings settings)
      throws KernelException {
    KernelSpec spec = order.spec();
    Map<String, String> env = environment(order);
    Map<String, String> values =
        Map.of(
            "connection_file", connectionFile.toString(),
            "resource_dir", spec.directory().toString(),
            "prefix", settings.prefix().toString());
    List<String> argv = new ArrayList<>();
    for (String word : spec.argv()) {
      String filled =
          TEMPLATE
              .matcher(word)
              .replaceAll(m -> literal(values.getOrDefault(m.group(1), m.group())));
      argv.add(fromHome(filled, env));
    }
    argv.set(0, program(argv.getFirst(), order, env, settings));
    return new LaunchCommand(argv, env);
  }

  private static Map<String, String> environment(LifeOrder order) {
    Map<String, String> given = order.env();
    Map<String, String> env = new HashMap<>(given);
    // Set by Python's framework builds for their own child processes: another Python must not see
    // it.
    env.remove("PYTHONEXECUTABLE");
    for (Map.Entry<String, JsonNode> entry : order.spec().env().properties()) {
      String value = entry.getValue().asString("");
      env.put(entry.getKey(), VARIABLE.matcher(value).replaceAll(m -> variable(m, given)));
    }
    return env;
  }

  /** What a {@code $} stands for; one that stands for nothing stays. */
  private static String variable(MatchResult match, Map<String, String> given) {
    if (match.group(1) != null) {
      return literal("$");
    }
    String name = match.group(2) == null ? match.group(3) : match.group(2);
    return literal(given.getOrDefault(name, match.group()));
  }

  private static String literal(String text) {
    return Matcher.quoteReplacement(text);
  }

  private static String fromHome(String word, Map<String, String> env) {
    String home = env.getOrDefault("HOME", "");
    boolean isShort = word.equals("~") || word.startsWith("~/");
    return isShort && !home.isEmpty() ? home + word.substring(1) : word;
  }

  private static String program(
      String word, LifeOrder order, Map<String, String> env, ForeignSettings settings)
      throws KernelException {
    if (isPython(word, settings)) {
      return settings.python().toString();
    }
    if (word.indexOf('/') >= 0) {
      return word;
    }
    for (String folder : env.getOrDefault("PATH", "/usr/bin:/bin").split(":", -1)) {
      Path program = order.cwd().resolve(folder).resolve(word);
      if (Files.isRegularFile(program) && Files.isExecutable(program)) {
        return program.toString();
      }
    }
    throw new KernelException(
        KernelException.Reason.FAILED,
        "cannot start the kernel '%s': there is no program '%s' on PATH; install it, or correct argv in %s"
            .formatted(order.spec().name(), word, order.spec().directory().resolve("kernel.json")));
  }

  /** Whether the server's own Python is meant, and not one of another version. */
  private static boolean isPython(String word, ForeignSettings settings) {
    Matcher matcher = PYTHON.matcher(word);
    return matcher.matches()
        && (matcher.group(2) == null
            || Files.exists(settings.prefix().resolve("bin").resolve(word)));
  }
}
