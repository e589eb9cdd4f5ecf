package dev.penstock.gateway.rpc;

import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.specs.KernelSpec;
import dev.penstock.gateway.specs.KernelSpecs;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions by name. One is a kernel: that with the name as its id, or else one of its own, which is
 * started by the first call and listed as {@code rpc:<name>}. Thread-safe.
 */
final class RpcSessions {
  private static final Logger LOG = LoggerFactory.getLogger(RpcSessions.class);
  private static final String PREFIX = "rpc:";
  private static final String OURS = "penstock";
  private static final int TURNS = 64;

  private final Kernels kernels;
  private final KernelSpecs specs;
  private final RpcSettings settings;

  private final TaskBook tasks;

  /** One is held by whoever starts the kernel of a name; some names share one. */
  private final List<Object> turns = Stream.generate(Object::new).limit(TURNS).toList();

  RpcSessions(Kernels kernels, KernelSpecs specs, TaskBook tasks, RpcSettings settings) {
    this.kernels = kernels;
    this.specs = specs;
    this.tasks = tasks;
    this.settings = settings;
  }

  /**
   * The methods of a session.
   *
   * @throws RpcException if there is no kernel for it
   */
  Methods find(String name) throws RpcException {
    try {
      Kernel kernel = kernel(name);
      if (!kernel.order().spec().isPenstock()) {
        throw noSession("the kernel " + name + " is none of Penstock's");
      }
      return tasks.of(kernel);
    } catch (KernelException e) {
      throw noSession(String.valueOf(e.getMessage()));
    }
  }

  private static RpcException noSession(String why) {
    return new RpcException(RpcError.of(RpcError.NO_SESSION, "No session: " + why));
  }

  private Kernel kernel(String name) throws KernelException, RpcException {
    synchronized (turns.get(Math.floorMod(name.hashCode(), TURNS))) {
      Optional<Kernel> found = started(name);
      if (found.isPresent() && !found.get().view().executionState().equals("dead")) {
        return found.get();
      }
      if (found.isPresent() && !found.get().order().spec().name().startsWith(PREFIX)) {
        throw noSession("the kernel " + name + " is dead: its owner has to restart it");
      }
      if (found.isPresent()) {
        remove(found.get());
      }
      return start(name);
    }
  }

  private Optional<Kernel> started(String name) {
    return kernels.all().stream()
        .filter(kernel ->
            kernel.id().equals(name) || kernel.order().spec().name().equals(PREFIX + name))
        .findFirst();
  }

  private Kernel start(String name) throws KernelException {
    String id = UUID.randomUUID().toString();
    KernelSpec named = spec().named(PREFIX + name);
    return kernels.start(new LifeOrder(id, named, settings.root(), settings.env()));
  }

  private KernelSpec spec() throws KernelException {
    return specs
        .find(settings.spec().isEmpty() ? OURS : settings.spec())
        .filter(KernelSpec::isPenstock)
        .or(() -> specs.find(OURS))
        .orElseThrow(() ->
            new KernelException(
                KernelException.Reason.NO_SPEC,
                "there is no kernelspec penstock: see penstock install"));
  }

  /** Ends one that keeps dying, for one that may not. */
  private void remove(Kernel kernel) {
    try {
      kernels.remove(kernel.id(), "replaced by a new one");
    } catch (KernelException e) {
      LOG.atDebug().setCause(e).log("it was gone already");
    }
  }
}
