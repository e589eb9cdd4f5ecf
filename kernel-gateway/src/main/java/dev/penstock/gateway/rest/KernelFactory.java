package dev.penstock.gateway.rest;

import dev.penstock.gateway.environments.Environments;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.kernels.LifeLimits;
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
public final class KernelFactory {
  private static final Pattern ID = Pattern.compile("\\w+-\\w+-\\w+-\\w+-\\w+");

  private final Kernels kernels;
  private final KernelSpecs specs;
  private final Environments environments;
  private final KernelEnvironment environment;
  private final Path root;
  private final String forced;

  /**
   * Kernels below a root directory.
   *
   * @param forced kernelspec of all kernels, whatever calls name; empty for none
   */
  public KernelFactory(
      Kernels kernels,
      KernelSpecs specs,
      Environments environments,
      KernelEnvironment environment,
      Path root,
      String forced) {
    this.environments = environments;
    this.kernels = kernels;
    this.specs = specs;
    this.environment = environment;
    this.root = root;
    this.forced = forced;
  }

  /** Starts a kernel of the server's own, which no client asked for. */
  public Kernel startOwn(@Nullable String name) throws KernelException {
    return kernels.start(ordinary(name));
  }

  /**
   * Starts a kernel for a call. One whose client has left by then ends again: nobody knows of it,
   * so that it would stay for ever (REST-37).
   *
   * @param name of its kernelspec; null for the default one
   * @param model may have {@code path}, {@code env}, {@code kernel_id}, and {@code environment} in
   *     place of a kernelspec
   */
  Kernel start(Call call, @Nullable String name, ObjectNode model)
      throws HttpException, KernelException {
    return start(call, name, model, LifeLimits.NONE);
  }

  /** The same with limits for its processes. */
  public Kernel start(Call call, @Nullable String name, ObjectNode model, LifeLimits limits)
      throws HttpException, KernelException {
    Kernel kernel = start(name, model, limits);
    if (call.isClientGone() && kernel.view().connections() == 0) {
      kernels.remove(kernel.id(), "its client left while it was started");
      throw new HttpException(400, "The connection was closed while the kernel was started");
    }
    return kernel;
  }

  /**
   * What a kernel is started with of which nothing is wanted.
   *
   * @param name of its kernelspec; null for the default one
   */
  public LifeOrder ordinary(@Nullable String name) throws KernelException {
    try {
      return order(name, Json.object(), LifeLimits.NONE);
    } catch (HttpException e) {
      throw new IllegalStateException("nothing was asked that could be wrong", e);
    }
  }

  /** The same for a client that asks again when its call was cut off. */
  public Kernel startAnyway(@Nullable String name, ObjectNode model, LifeLimits limits)
      throws HttpException, KernelException {
    return start(name, model, limits);
  }

  private Kernel start(@Nullable String name, ObjectNode model, LifeLimits limits)
      throws HttpException, KernelException {
    return kernels.start(order(name, model, limits));
  }

  private LifeOrder order(@Nullable String name, ObjectNode model, LifeLimits limits)
      throws HttpException, KernelException {
    Map<String, String> env = environment.of(model.get("env"));
    String path = Json.text(model, "path");
    KernelSpec spec = spec(name, model);
    if (!limits.areNone() && !spec.isPenstock()) {
      throw new HttpException(400, "limits are for Penstock's own kernels, which this one is not");
    }
    return new LifeOrder(id(model, env), spec, cwd(path, env), env, limits);
  }

  private KernelSpec spec(@Nullable String name, ObjectNode model)
      throws HttpException, KernelException {
    String inside = Json.text(model, "environment");
    if (!forced.isEmpty() || inside == null) {
      return spec(forced.isEmpty() ? name : forced);
    }
    if (name != null) {
      throw new HttpException(400, "name and environment both say which kernel: leave one out");
    }
    return environments
        .kernelSpec(inside)
        .orElseThrow(() -> new HttpException(404, "There is no environment " + inside));
  }

  private KernelSpec spec(@Nullable String wanted) throws KernelException {
    String name = wanted == null ? specs.defaultName() : wanted;
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
      throw new HttpException(
          400,
          "kernel_id (a session's id) must be five words with dashes between them, such as a UUID");
    }
    return wanted;
  }

  /** The directory of the notebook, or the nearest one above it that is there. */
  private Path cwd(@Nullable String path, Map<String, String> env) {
    String wanted = env.get(KernelEnvironment.WORKING_DIRECTORY);
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

  /** Whether all kernels are of one kernelspec, whatever calls name. */
  public boolean isForced() {
    return !forced.isEmpty();
  }

  /** Names and values that clients may set, and what every kernel gets. */
  public KernelEnvironment environment() {
    return environment;
  }

  /** Kernels of this server. */
  public Kernels kernels() {
    return kernels;
  }
}
