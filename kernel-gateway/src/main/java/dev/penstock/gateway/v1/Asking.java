package dev.penstock.gateway.v1;

import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.WaitTime;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import tools.jackson.databind.node.ObjectNode;

/** Short questions to a kernel, for calls that wait for the answer. */
final class Asking {
  /** For calls that do not say how long they wait. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private Asking() {}

  /** The reply, waited for as long as the call says. */
  static OutputEntry ask(
      Call call, SessionClient client, Channel channel, String msgType, ObjectNode content)
      throws HttpException, InterruptedException {
    Duration patience = call.query("wait_s") == null ? PATIENCE : WaitTime.ofQuery(call);
    return ask(call, client, channel, msgType, content, patience);
  }

  /**
   * The reply.
   *
   * @throws HttpException 409 if there is none in time: the kernel runs something else, and will
   *     not answer this later
   */
  static OutputEntry ask(
      Call call,
      SessionClient client,
      Channel channel,
      String msgType,
      ObjectNode content,
      Duration patience)
      throws HttpException, InterruptedException {
    SessionClient.Asked asked = client.ask(channel, msgType, content);
    if (!Waits.until(asked.reply(), patience, call, () -> client.forget(asked))) {
      client.forget(asked);
      throw new HttpException(
          409, "The session is busy: interrupt it, or wait longer with wait_s (60 at most)");
    }
    try {
      return asked.reply().join();
    } catch (CompletionException e) {
      throw new HttpException(404, "The session has ended");
    }
  }
}
