package dev.penstock.gateway.http;

import org.eclipse.jetty.server.Request;

/**
 * What a call has to pass: whose process it comes from, the name it calls, the page it comes from,
 * the token it shows.
 *
 * @param denied status for calls that do not show the token: 403 as jupyter_server, or 401 as
 *     kernel_gateway
 */
public record Gate(Peers peers, Hosts hosts, Origins origins, Access access, int denied) {
  private static final String SHOW =
      ": show the server's token ('Authorization: token …', or '?token=…' in the address)";

  /**
   * Refuses who may not.
   *
   * @param open whether nobody need show the token
   */
  void check(Request request, boolean open) throws HttpException {
    if (!origins.allows(request)) {
      throw new HttpException(403, "Blocking request from this origin: see --allow-origin");
    }
    if (!open && !access.allows(request)) {
      throw new HttpException(denied, (denied == 401 ? "Unauthorized" : "Forbidden") + SHOW);
    }
  }
}
