package dev.penstock.gateway.specs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where Jupyter looks for kernelspecs, first folder first (jupyter_core, {@code
 * jupyter_path("kernels")}, and IPython's own folder last, as jupyter_client has it).
 *
 * @param kernels folders that hold a folder for each kernelspec; they need not exist
 */
public record JupyterPath(List<Path> kernels) {
  private static final Set<String> NO = Set.of("no", "n", "false", "off", "0", "0.0");
  private static final Pattern SYSTEM_SITE =
      Pattern.compile("(?im)^\\s*include-system-site-packages\\s*=\\s*true\\s*$");

  /** Keeps a copy. */
  public JupyterPath {
    kernels = List.copyOf(kernels);
  }

  /**
   * The path that a Jupyter program of one Python environment has.
   *
   * @param env environment variables: {@code JUPYTER_PATH}, {@code JUPYTER_DATA_DIR}, {@code
   *     JUPYTER_PREFER_ENV_PATH}, {@code JUPYTER_PLATFORM_DIRS}, {@code HOME} and their kind
   * @param prefix the environment, {@code sys.prefix}
   */
  public static JupyterPath of(Map<String, String> env, Path prefix) {
    Set<Path> folders = new LinkedHashSet<>();
    for (String folder : split(env.getOrDefault("JUPYTER_PATH", ""))) {
      folders.add(Path.of(folder));
    }
    Path home = Path.of(env.getOrDefault("HOME", System.getProperty("user.home")));
    List<Path> user = user(env, home, prefix);
    Path ofPrefix = prefix.resolve("share/jupyter");
    if (prefersPrefix(env, prefix)) {
      folders.add(ofPrefix);
      folders.addAll(user);
    } else {
      folders.addAll(user);
      folders.add(ofPrefix);
    }
    folders.addAll(system(env));
    List<Path> kernels = new ArrayList<>();
    folders.forEach(folder -> kernels.add(folder.resolve("kernels")));
    String ipython = env.getOrDefault("IPYTHONDIR", "");
    kernels.add(
        (ipython.isEmpty() ? home.resolve(".ipython") : Path.of(ipython)).resolve("kernels"));
    return new JupyterPath(kernels);
  }

  private static List<Path> user(Map<String, String> env, Path home, Path prefix) {
    List<Path> user = new ArrayList<>();
    user.add(dataFolder(env, home));
    if (hasUserSite(prefix)) {
      String base = env.getOrDefault("PYTHONUSERBASE", "");
      Path folder = base.isEmpty() ? home.resolve(".local") : Path.of(base);
      user.add(folder.resolve("share/jupyter"));
    }
    return user;
  }

  private static Path dataFolder(Map<String, String> env, Path home) {
    String given = env.getOrDefault("JUPYTER_DATA_DIR", "");
    if (!given.isEmpty()) {
      return Path.of(given);
    }
    if (isMac()) {
      return flag(env, "JUPYTER_PLATFORM_DIRS")
          ? home.resolve("Library/Application Support/Jupyter")
          : home.resolve("Library/Jupyter");
    }
    String xdg = env.getOrDefault("XDG_DATA_HOME", "");
    return (xdg.isEmpty() ? home.resolve(".local/share") : Path.of(xdg)).resolve("jupyter");
  }

  private static Collection<Path> system(Map<String, String> env) {
    List<Path> usual = List.of(Path.of("/usr/local/share/jupyter"), Path.of("/usr/share/jupyter"));
    if (!flag(env, "JUPYTER_PLATFORM_DIRS")) {
      return usual;
    }
    if (isMac()) {
      return List.of(Path.of("/Library/Application Support/Jupyter"));
    }
    List<String> xdg = split(env.getOrDefault("XDG_DATA_DIRS", ""));
    return xdg.isEmpty()
        ? usual
        : xdg.stream().map(folder -> Path.of(folder).resolve("jupyter")).toList();
  }

  /** Whether the environment's own folder comes before the user's. */
  private static boolean prefersPrefix(Map<String, String> env, Path prefix) {
    if (env.containsKey("JUPYTER_PREFER_ENV_PATH")) {
      return flag(env, "JUPYTER_PREFER_ENV_PATH");
    }
    String conda = env.getOrDefault("CONDA_PREFIX", "");
    boolean isConda =
        !conda.isEmpty()
            && prefix.toString().startsWith(conda)
            && !env.getOrDefault("CONDA_DEFAULT_ENV", "base").equals("base");
    return (isVirtual(prefix) || isConda) && Files.isWritable(prefix);
  }

  private static boolean isVirtual(Path prefix) {
    return Files.isRegularFile(prefix.resolve("pyvenv.cfg"));
  }

  /** Python's {@code site.ENABLE_USER_SITE}: not in an environment that is shut off. */
  private static boolean hasUserSite(Path prefix) {
    if (!isVirtual(prefix)) {
      return true;
    }
    try {
      return SYSTEM_SITE.matcher(Files.readString(prefix.resolve("pyvenv.cfg"))).find();
    } catch (IOException e) {
      // Unreadable or not UTF-8: the default of a virtual environment.
      return false;
    }
  }

  private static boolean flag(Map<String, String> env, String name) {
    String value = env.get(name);
    return value != null && !NO.contains(value.toLowerCase(Locale.ROOT));
  }

  private static boolean isMac() {
    return System.getProperty("os.name", "").startsWith("Mac");
  }

  private static List<String> split(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split(":", -1)) {
      if (!part.isEmpty()) {
        parts.add(part);
      }
    }
    return parts;
  }
}
