package dev.penstock.gateway.rpc;

import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.verbs.Verbs;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The methods of each kernel that was called, and so its tasks. Outlives servers. Thread-safe. */
public final class TaskBook {
  private final Map<Kernel, Methods> methods = new ConcurrentHashMap<>();

  /** Nobody has called yet. */
  public TaskBook() {}

  /** Of one of our own kernels. */
  Methods of(Kernel kernel) {
    Methods known = methods.get(kernel);
    if (known != null) {
      return known;
    }
    Methods made = new Methods(Verbs.of(kernel));
    Methods first = methods.putIfAbsent(kernel, made);
    if (first != null) {
      return first;
    }
    kernel.sayWhenGone(() -> methods.remove(kernel));
    return made;
  }
}
