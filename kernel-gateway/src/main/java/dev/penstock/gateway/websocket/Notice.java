package dev.penstock.gateway.websocket;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.HeaderFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** What the server itself has to say to one client about a request. It has no number in the log. */
final class Notice {
  private Notice() {}

  /** A {@code stream} message on stderr. */
  static OutputEntry stderr(String text, byte[] parentHeader) {
    byte[] content =
        Json.write(g -> g.writeStringProperty("name", "stderr").writeStringProperty("text", text));
    return said("stream", "stream.stderr", parentHeader, content);
  }

  /** A request runs: to who comes meanwhile, and else would not know until it is over. */
  static OutputEntry busy(byte[] parentHeader) {
    byte[] content = Json.write(g -> g.writeStringProperty("execution_state", "busy"));
    return said("status", "status", parentHeader, content);
  }

  private static OutputEntry said(
      String msgType, String topic, byte[] parentHeader, byte[] content) {
    return new OutputEntry(
        Channel.IOPUB,
        msgType,
        topic.getBytes(StandardCharsets.US_ASCII),
        null,
        new HeaderFactory(UUID.randomUUID().toString(), "kernel").next(msgType),
        parentHeader,
        Json.emptyObject(),
        content,
        List.of());
  }
}
