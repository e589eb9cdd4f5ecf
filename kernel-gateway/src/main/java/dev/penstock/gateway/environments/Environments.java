package dev.penstock.gateway.environments;

import dev.penstock.gateway.specs.KernelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is started in an environment (docs/environments.md). Always as the disk has it now.
 * Thread-safe.
 */
public final class Environments {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  /** The build that the next kernel gets. */
  private static final String CURRENT = "current";

  private static final String PREFIX = "penstock-";

  private final Path folder;
  private final ObjectNode kernel;

  /** The environments of this server's user. */
  public Environments(EnvironmentSettings settings) {
    this.folder = settings.folder();
    this.kernel = settings.kernel();
  }

  /**
   * How kernels of an environment are started, whether its kernelspec is installed or not; empty if
   * there is no such environment. Each start asks for the interpreter anew, so that it gets what
   * the environment has then.
   */
  public Optional<KernelSpec> kernelSpec(String name) {
    return find(name)
        .map(found -> {
          ObjectNode json = kernel.deepCopy();
          ArrayNode argv = json.withArrayProperty("argv");
          argv.add("--environment=" + found);
          json.put("display_name", "Python 3 (Penstock, %s)".formatted(name));
          return new KernelSpec(PREFIX + name, found, json);
        });
  }

  private Optional<Path> find(String name) {
    return NAME.matcher(name).matches()
        ? Optional.of(folder.resolve(name)).filter(f -> Files.isSymbolicLink(f.resolve(CURRENT)))
        : Optional.empty();
  }
}
