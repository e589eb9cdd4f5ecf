package dev.penstock.gateway.kernels;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.Client;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Request;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.HeaderFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What is said in the name of a kernel that has no process to say it. Thread-safe. */
final class Voice {
  private static final String REQUEST = "_request";

  private final String kernelId;
  private final OutputLog log;
  private final HeaderFactory headers = new HeaderFactory(UUID.randomUUID().toString(), "kernel");

  Voice(String kernelId, OutputLog log) {
    this.kernelId = kernelId;
    this.log = log;
  }

  /** A {@code status} that no process could say (WS-37). */
  void status(String state) {
    status(Json.emptyObject(), state);
  }

  /** A reply with status error to a request that no process will see, between busy and idle. */
  void refuse(Request request, String cause) {
    byte[] parent = request.message().header();
    String type = request.header().msgType();
    status(parent, "busy");
    if (type.endsWith(REQUEST)) {
      ObjectNode content =
          Json.object().put("status", "error").put("ename", "DeadKernelError").put("evalue", cause);
      content.putArray("traceback").add("DeadKernelError: " + cause);
      String reply = type.substring(0, type.length() - REQUEST.length()) + "_reply";
      OutputEntry entry =
          say(request.channel(), reply, "", request.client(), parent, Json.bytes(content));
      if (request.channel() == Channel.CONTROL) {
        request.client().recipient().deliverNow(log, entry);
      }
    }
    status(parent, "idle");
  }

  private void status(byte[] parent, String state) {
    byte[] content = Json.bytes(Json.object().put("execution_state", state));
    say(Channel.IOPUB, "status", "kernel." + kernelId + ".status", null, parent, content);
  }

  private OutputEntry say(
      Channel channel,
      String msgType,
      String topic,
      @Nullable Client to,
      byte[] parent,
      byte[] content) {
    OutputEntry entry =
        new OutputEntry(
            channel,
            msgType,
            topic.getBytes(StandardCharsets.UTF_8),
            to,
            headers.next(msgType),
            parent,
            Json.emptyObject(),
            content,
            List.of());
    log.append(entry);
    return entry;
  }
}
