package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.rest.KernelModels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** This API's side of each kernel, from the first call on. Outlives servers. Thread-safe. */
public final class SessionClients {
  private final Map<Kernel, SessionClient> clients = new ConcurrentHashMap<>();
  private final SessionKeys keys = new SessionKeys();

  /** None yet. */
  public SessionClients() {}

  /** Sessions that can be asked for again. */
  SessionKeys keys() {
    return keys;
  }

  /** Of the kernel that the call's path names by its {@code id}. */
  SessionClient find(Kernels kernels, Call call) throws HttpException {
    return of(KernelModels.find(kernels, call));
  }

  /** Of this kernel. */
  SessionClient of(Kernel kernel) {
    SessionClient known = clients.get(kernel);
    if (known != null) {
      return known;
    }
    SessionClient made = new SessionClient(kernel);
    SessionClient first = clients.putIfAbsent(kernel, made);
    if (first != null) {
      return first;
    }
    kernel.sayWhenGone(() -> {
      boolean _ = clients.remove(kernel, made);
      made.gone();
    });
    return made;
  }
}
