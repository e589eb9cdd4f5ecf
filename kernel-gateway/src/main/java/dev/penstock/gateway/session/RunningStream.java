package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.link.Frame;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The stream of values that one shell's worker sends between its requests (docs/verbs.md): its
 * request was answered and goes on, so the kernel is busy with it. Belongs to the session's owner
 * thread.
 */
final class RunningStream {
  private final Desk desk;
  private @Nullable Request request;
  private long number;

  RunningStream(Desk desk) {
    this.desk = desk;
  }

  /** What started it; null while none runs. */
  @Nullable Request request() {
    return request;
  }

  /**
   * The worker has answered the request and goes on with it.
   *
   * @param sent the request's number on the link
   */
  void began(Request started, long sent) {
    request = started;
    number = sent;
  }

  /** Whether this REPLY says that the stream is over; then its clients are told. */
  boolean isEndedBy(Frame frame) {
    Request ended = request;
    if (ended == null || !frame.goesOn() || frame.number() != number) {
      return false;
    }
    request = null;
    desk.idle(ended);
    return true;
  }

  /**
   * The worker is gone, and could not tell the stream's end itself.
   *
   * @param cause one line for people
   * @param died it was not asked to end
   */
  void over(String cause, boolean died) {
    Request cut = request;
    if (cut == null) {
      return;
    }
    request = null;
    if (died) {
      say(cut, "penstock_stream_error", Desk.dead(cause));
    }
    say(cut, "penstock_stream_done", Json.object().put("reason", died ? "error" : "stopped"));
    desk.idle(cut);
  }

  private void say(Request stream, String msgType, ObjectNode content) {
    desk.outlet()
        .iopub(msgType, stream.message().header(), Json.emptyObject(), Json.bytes(content));
  }
}
