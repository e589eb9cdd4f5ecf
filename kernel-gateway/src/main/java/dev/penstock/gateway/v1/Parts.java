package dev.penstock.gateway.v1;

import dev.penstock.gateway.contents.Options;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.kernels.Tracebacks;
import dev.penstock.gateway.rest.KernelFactory;
import dev.penstock.gateway.websocket.ChannelRules;
import java.nio.file.Path;

/**
 * What the API is over.
 *
 * @param base the server's base path, with a slash at both ends
 * @param clients this API's side of kernels
 * @param root the server's root directory
 * @param files how files of sessions are served
 * @param tables an empty directory for tables on their way to clients
 * @param listed whether sessions may be listed
 * @param rules what clients may send to kernels, and learn of exceptions: as on WebSockets
 */
public record Parts(
    String base,
    KernelFactory factory,
    SessionClients clients,
    Path root,
    Options files,
    Path tables,
    boolean listed,
    ChannelRules rules) {
  /** Whether clients learn what exceptions say. */
  Tracebacks tracebacks() {
    return rules.tracebacks();
  }

  /**
   * Lets a call pass that sends a kernel a message of this type.
   *
   * @throws HttpException 403 if clients may not send it
   */
  void check(String msgType) throws HttpException {
    if (!rules.allows(msgType)) {
      throw new HttpException(
          403, "This needs %s, which is not among --allowed-message-types".formatted(msgType));
    }
  }
}
