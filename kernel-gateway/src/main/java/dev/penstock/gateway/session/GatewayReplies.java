package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.usage.UsageMeter;
import dev.penstock.protocol.connection.ConnectionInfo;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Replies that the gateway makes itself, whatever the worker is doing. Belongs to the session's
 * owner thread.
 */
final class GatewayReplies {
  private static final byte[] OK = Json.bytes(Json.object().put("status", "ok"));
  private static final byte[] ABORTED = Json.bytes(Json.object().put("status", "aborted"));
  private static final String REQUEST = "_request";
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final Outlet outlet;
  private final Supplier<ConnectionInfo> connection;
  private final UsageMeter usage = new UsageMeter();
  private byte @Nullable [] kernelInfo;

  GatewayReplies(Outlet outlet, Supplier<ConnectionInfo> connection) {
    this.outlet = outlet;
    this.connection = connection;
  }

  /** The worker told what it is. */
  void learn(ObjectNode hello) {
    kernelInfo = KernelInfo.content(hello);
  }

  /** Whether the gateway can answer this request now; kernel_info needs the worker's first word. */
  boolean canAnswer(String msgType) {
    return switch (msgType) {
      case "kernel_info_request" -> kernelInfo != null;
      case "connect_request" -> true;
      default -> false;
    };
  }

  /** Whether requests of this type are the gateway's to answer. */
  static boolean own(String msgType) {
    return msgType.equals("kernel_info_request") || msgType.equals("connect_request");
  }

  /** Answers a request that {@link #canAnswer}. */
  void answer(Request request) {
    byte[] info = kernelInfo;
    if (request.type().equals("kernel_info_request") && info != null) {
      reply(request, "kernel_info_reply", info);
    } else {
      reply(request, "connect_reply", connectContent());
    }
  }

  void interruptReply(Request request) {
    reply(request, "interrupt_reply", OK);
  }

  /** Reply to a usage_request; the worker is looked at from outside (CTL-11). */
  void usageReply(Request request, long workerPid) {
    reply(request, "usage_reply", Json.bytes(usage.content(workerPid)));
  }

  /** Reply to an execute request behind one that failed (SH-15). */
  void aborted(Request request) {
    byte[] metadata =
        Json.bytes(
            Json.object()
                .put("started", DATE.format(Instant.now()))
                .put("dependencies_met", true)
                .put("status", "aborted"));
    outlet.reply(request, "execute_reply", metadata, ABORTED, List.of());
  }

  /** Reply with status ok and these fields. */
  void ok(Request request, ObjectNode fields) {
    ObjectNode content = Json.object().put("status", "ok");
    content.setAll(fields);
    reply(request, replyType(request), Json.bytes(content));
  }

  /**
   * Reply with status error (messaging spec, "Request-Reply"). A message that is no request gets
   * none: its client waits for idle alone.
   */
  void error(Request request, String ename, String evalue) {
    if (!request.type().endsWith(REQUEST)) {
      return;
    }
    ObjectNode content =
        Json.object().put("status", "error").put("ename", ename).put("evalue", evalue);
    content.putArray("traceback").add(ename + ": " + evalue);
    reply(request, replyType(request), Json.bytes(content));
  }

  private static String replyType(Request request) {
    String type = request.type();
    return type.substring(0, type.length() - REQUEST.length()) + "_reply";
  }

  private byte[] connectContent() {
    ConnectionInfo here = connection.get();
    return Json.bytes(
        Json.object()
            .put("status", "ok")
            .put("shell_port", here.shellPort())
            .put("iopub_port", here.iopubPort())
            .put("stdin_port", here.stdinPort())
            .put("control_port", here.controlPort())
            .put("hb_port", here.hbPort()));
  }

  private void reply(Request request, String msgType, byte[] content) {
    outlet.reply(request, msgType, Json.emptyObject(), content, List.of());
  }
}
