package dev.penstock.gateway.pathview;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.specs.KernelSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Starts and ends the kernels of sessions. They are listed with all others, as {@code pathview:<id
 * of the session>}, so that a notebook can be attached to one. Thread-safe.
 */
public final class SessionKernels {
  private static final Logger LOG = LoggerFactory.getLogger(SessionKernels.class);
  private static final String PREFIX = "pathview:";

  private final Kernels kernels;
  private final Path directory;
  private final Map<String, String> env;
  private final String python;

  /**
   * Kernels of the server's.
   *
   * @param directory they start in
   * @param env all of their environment
   * @param python their interpreter
   */
  public SessionKernels(Kernels kernels, Path directory, Map<String, String> env, String python) {
    this.kernels = kernels;
    this.directory = directory;
    this.env = Map.copyOf(env);
    this.python = python;
  }

  Kernel start(String session) throws KernelException {
    return kernels.start(order(session));
  }

  /** What the kernel of a session is started with. */
  public LifeOrder order(String session) {
    String id = UUID.randomUUID().toString();
    return new LifeOrder(id, spec(PREFIX + session), directory, env);
  }

  private KernelSpec spec(String name) {
    ObjectNode json = Json.object().put("display_name", name).put("language", "python");
    json.putArray("argv")
        .add(python)
        .add("-m")
        .add("penstock.launcher")
        .add("-f")
        .add("{connection_file}");
    return new KernelSpec(name, directory, json);
  }

  /** Ends a kernel, if it is still there; returns when it is gone. */
  void end(Kernel kernel, String cause) {
    try {
      kernels.remove(kernel.id(), cause);
    } catch (KernelException e) {
      LOG.atDebug().setCause(e).log("it was gone already");
    }
  }
}
