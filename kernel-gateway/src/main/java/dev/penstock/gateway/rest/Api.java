package dev.penstock.gateway.rest;

import dev.penstock.gateway.contents.Contents;
import dev.penstock.gateway.http.LastCall;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.orphans.Documents;
import dev.penstock.gateway.specs.KernelSpecs;
import java.nio.file.Path;

/** All of Jupyter's REST API. */
public final class Api {
  private Api() {}

  /**
   * What the API is over.
   *
   * @param base the server's base path, with a slash at both ends
   * @param listed whether kernels may be listed
   * @param direct whether clients may ask for a kernel's ZeroMQ sockets
   * @param kernelGateway whether it answers as kernel_gateway where that and jupyter_server differ
   */
  public record Parts(
      String base,
      KernelFactory factory,
      SessionBook sessions,
      KernelSpecs specs,
      Path root,
      Contents contents,
      boolean listed,
      boolean direct,
      LastCall lastCall,
      boolean kernelGateway) {}

  /** Adds the API's paths; returns which notebooks its sessions are of. */
  public static Documents addTo(Routes routes, Parts parts) {
    KernelFactory factory = parts.factory();
    new StatusApi(factory.kernels(), parts.lastCall(), !parts.kernelGateway()).addTo(routes);
    new SpecsApi(parts.specs()).addTo(routes);
    new KernelsApi(parts.base(), factory, parts.listed(), parts.direct()).addTo(routes);
    new ContentsApi(parts.base(), parts.contents(), factory.kernels()).addTo(routes);
    new SessionsApi(parts.base(), factory, parts.sessions(), parts.listed(), parts.kernelGateway())
        .addTo(routes);
    return new SessionDocuments(parts.sessions(), factory.kernels(), parts.root());
  }
}
