package dev.penstock.gateway.rest;

import dev.penstock.gateway.contents.Contents;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.kernels.Kernels;
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
   * @param kernelGateway whether it answers as kernel_gateway where that and jupyter_server differ
   */
  public record Parts(
      String base,
      Kernels kernels,
      KernelSpecs specs,
      KernelEnvironment environment,
      Path root,
      Contents contents,
      boolean listed,
      boolean kernelGateway) {}

  /** Adds the API's paths. */
  public static void addTo(Routes routes, Parts parts) {
    KernelFactory factory =
        new KernelFactory(parts.kernels(), parts.specs(), parts.environment(), parts.root());
    new StatusApi(parts.kernels(), !parts.kernelGateway()).addTo(routes);
    new SpecsApi(parts.specs()).addTo(routes);
    new KernelsApi(parts.base(), factory, parts.listed()).addTo(routes);
    new ContentsApi(parts.base(), parts.contents(), parts.kernels()).addTo(routes);
    new SessionsApi(parts.base(), factory, parts.listed(), parts.kernelGateway()).addTo(routes);
  }
}
