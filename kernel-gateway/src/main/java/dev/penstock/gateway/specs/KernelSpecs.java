package dev.penstock.gateway.specs;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The kernelspecs that can be started, found on the Jupyter path, and how REST tells them (Jupyter
 * Server's {@code /api/kernelspecs} and {@code /kernelspecs}). Always as the disk has them now;
 * cheap to ask often. Thread-safe.
 */
public final class KernelSpecs {
  private static final Logger LOG = LoggerFactory.getLogger(KernelSpecs.class);

  /** What is chosen when nobody says which kernel; the first that there is. */
  private static final List<String> PREFERRED = List.of("penstock", "python3");

  private static final Set<String> SCRIPTS = Set.of("kernel.js", "kernel.css");
  private static final String LOGO = "logo-";

  private final JupyterPath path;
  private final Set<String> allowed;
  private final String given;
  private final String baseUrl;
  private final SpecFiles files = new SpecFiles();

  /**
   * Kernelspecs of one server.
   *
   * @param allowed the only names there are (jupyter_client's {@code allowed_kernelspecs}); empty
   *     for all
   * @param defaultName what is started when nobody says which; empty to choose
   * @param baseUrl the server's path, ends with a slash
   */
  public KernelSpecs(JupyterPath path, Set<String> allowed, String defaultName, String baseUrl) {
    this.path = path;
    this.allowed = Set.copyOf(allowed);
    this.given = defaultName;
    this.baseUrl = baseUrl;
  }

  /** All kernelspecs by name; of two with one name that of the earlier folder. */
  public Map<String, KernelSpec> list() {
    Map<String, KernelSpec> found = new LinkedHashMap<>();
    for (Path folder : path.kernels()) {
      for (KernelSpec spec : files.in(folder)) {
        if (allowed.isEmpty() || allowed.contains(spec.name())) {
          found.putIfAbsent(spec.name(), spec);
        }
      }
    }
    return found;
  }

  /** The kernelspec of this name, in letters of any case; {@code python} means {@code python3}. */
  public Optional<KernelSpec> find(String name) {
    Map<String, KernelSpec> all = list();
    String key = name.toLowerCase(Locale.ROOT);
    KernelSpec spec = all.get(key);
    return Optional.ofNullable(spec == null && key.equals("python") ? all.get("python3") : spec);
  }

  /** What is started when nobody says which kernel. */
  public String defaultName() {
    return given.isEmpty() ? chosen(list()) : given;
  }

  private static String chosen(Map<String, KernelSpec> all) {
    return PREFERRED.stream()
        .filter(all::containsKey)
        .findFirst()
        .or(() -> all.keySet().stream().findFirst())
        .orElse(PREFERRED.getFirst());
  }

  /** {@code {"default": name, "kernelspecs": {name: model}}} (REST-09). */
  public ObjectNode all() {
    Map<String, KernelSpec> all = list();
    ObjectNode models = Json.object();
    all.forEach((name, spec) -> models.set(name, model(spec)));
    ObjectNode answer = Json.object().put("default", given.isEmpty() ? chosen(all) : given);
    answer.set("kernelspecs", models);
    return answer;
  }

  /** {@code {"name", "spec", "resources"}}; resources are paths of the server (REST-33). */
  public ObjectNode model(KernelSpec spec) {
    ObjectNode model = Json.object().put("name", spec.name());
    ObjectNode said = model.putObject("spec");
    said.set("argv", spec.json().path("argv"));
    said.set("env", spec.env());
    said.put("display_name", spec.json().path("display_name").asString(""));
    said.put("language", spec.language());
    said.put("interrupt_mode", spec.interruptMode());
    said.set("metadata", Json.child(spec.json(), "metadata"));
    said.put("kernel_protocol_version", spec.json().path("kernel_protocol_version").asString(""));
    ObjectNode resources = model.putObject("resources");
    try (Stream<Path> content = Files.list(spec.directory())) {
      for (Path file : content.sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        if (SCRIPTS.contains(name) || name.startsWith(LOGO)) {
          resources.put(
              SCRIPTS.contains(name) ? name : stem(name),
              baseUrl + "kernelspecs/" + spec.name() + "/" + name);
        }
      }
    } catch (IOException e) {
      // Removed a moment ago: the next poll knows.
      LOG.atDebug().addKeyValue("kernelspec", spec.name()).setCause(e).log("no resources");
    }
    return model;
  }

  /** A name without its last ending, as {@code os.path.splitext} cuts it. */
  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /**
   * A file of a kernelspec's folder (REST-11).
   *
   * @param file path in the folder, with slashes
   * @return empty if there is no such file, or it is outside of the folder, also by a link
   */
  public Optional<Path> resource(String name, String file) {
    return find(name).flatMap(spec -> inside(spec.directory(), file));
  }

  private static Optional<Path> inside(Path folder, String file) {
    if (file.isEmpty() || file.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    try {
      Path found = folder.resolve(file).toRealPath();
      return found.startsWith(folder.toRealPath()) && Files.isRegularFile(found)
          ? Optional.of(found)
          : Optional.empty();
    } catch (IOException e) {
      // There is no such file, or it is not ours to read: the same to who asks.
      return Optional.empty();
    }
  }
}
