package dev.penstock.gateway.rest;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.specs.KernelSpec;
import dev.penstock.gateway.specs.KernelSpecs;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Starts kernels as REST calls ask for them (REST-03, REST-34, REST-35). Thread-safe. */
final class KernelFactory {
  private static final Pattern ID = Pattern.compile("\\w+-\\w+-\\w+-\\w+-\\w+");

  private final Kernels kernels;
  private final KernelSpecs specs;
  private final KernelEnvironment environment;
  private final Path root;

  /** Kernels below a root directory. */
  KernelFactory(Kernels kernels, KernelSpecs specs, KernelEnvironment environment, Path root) {
    this.kernels = kernels;
    this.specs = specs;
    this.environment = environment;
    this.root = root;
  }

  /**
   * Starts a kernel.
   *
   * @param name of its kernelspec; null for the default one
   * @param model may have {@code path}, {@code env} and {@code kernel_id}
   */
  Kernel start(@Nullable String name, ObjectNode model) throws HttpException, KernelException {
    Map<String, String> env = environment.of(model.get("env"));
    String path = Json.text(model, "path");
    LifeOrder order =
        new LifeOrder(
            id(model, env), spec(name == null ? specs.defaultName() : name), cwd(path, env), env);
    return kernels.start(order);
  }

  private KernelSpec spec(String name) throws KernelException {
    return specs
        .find(name)
        .orElseThrow(() ->
            new KernelException(
                KernelException.Reason.NO_SPEC,
                "No such kernel named " + name + " (NoSuchKernel)"));
  }

  private static String id(ObjectNode model, Map<String, String> env) throws HttpException {
    String wanted = Json.text(model, "kernel_id");
    if (wanted == null) {
      wanted = env.get("KERNEL_ID");
    }
    if (wanted == null) {
      return UUID.randomUUID().toString();
    }
    if (!ID.matcher(wanted).matches()) {
      throw new HttpException(400, "kernel_id is not five words with dashes between them");
    }
    return wanted;
  }

  /** The directory of the notebook, or the nearest one above it that is there. */
  private Path cwd(@Nullable String path, Map<String, String> env) {
    String wanted = env.get("KERNEL_WORKING_DIR");
    if (wanted != null && isDirectory(wanted)) {
      return Path.of(wanted);
    }
    Path found = root;
    try {
      Path below = path == null ? root : root.resolve(path.replaceFirst("^/+", "")).normalize();
      for (Path at = below; at != null && at.startsWith(root); at = at.getParent()) {
        if (Files.isDirectory(at)) {
          return at;
        }
      }
    } catch (InvalidPathException e) {
      // A name that no file can have: the root will do.
      return found;
    }
    return found;
  }

  private static boolean isDirectory(String path) {
    try {
      return Path.of(path).isAbsolute() && Files.isDirectory(Path.of(path));
    } catch (InvalidPathException e) {
      return false; // nothing can have that name
    }
  }

  /** Kernels of this server. */
  Kernels kernels() {
    return kernels;
  }
}
