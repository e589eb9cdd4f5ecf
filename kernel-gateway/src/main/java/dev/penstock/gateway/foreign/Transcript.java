package dev.penstock.gateway.foreign;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.session.Client;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Request;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.HeaderFactory;
import dev.penstock.protocol.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a kernel's messages to its log: its own as they came, and those made in its place. */
final class Transcript {
  private static final byte[] NO_TOPIC = {};
  private static final String REQUEST = "_request";

  private final OutputLog log;
  private final HeaderFactory headers;

  Transcript(OutputLog log, HeaderFactory headers) {
    this.log = log;
    this.headers = headers;
  }

  /** A message on iopub. */
  void published(String msgType, Message message) {
    List<byte[]> ids = message.identities();
    append(Channel.IOPUB, msgType, ids.isEmpty() ? NO_TOPIC : ids.getFirst(), null, message);
  }

  /** A message for one client; on control it does not wait for data. */
  void answered(Channel channel, String msgType, Client client, Message message) {
    OutputEntry entry = append(channel, msgType, NO_TOPIC, client, message);
    if (channel == Channel.CONTROL) {
      client.recipient().deliverNow(log, entry);
    }
  }

  /** {@code stream}: text that did not come by a message. */
  void stream(byte[] parentHeader, String name, String text) {
    byte[] content =
        Json.write(g -> g.writeStringProperty("name", name).writeStringProperty("text", text));
    append(
        Channel.IOPUB,
        "stream",
        ("stream." + name).getBytes(StandardCharsets.UTF_8),
        null,
        Message.of(headers.next("stream"), parentHeader, content));
  }

  /** The reply that the kernel does not give: {@code status} error (spec: "Request-Reply"). */
  void refused(Request request, String ename, String evalue) {
    String type = request.header().msgType();
    String reply = type.substring(0, type.length() - REQUEST.length()) + "_reply";
    byte[] content =
        Json.write(g -> {
          g.writeStringProperty("status", "error");
          g.writeStringProperty("ename", ename);
          g.writeStringProperty("evalue", evalue);
          g.writeArrayPropertyStart("traceback");
          g.writeString(ename + ": " + evalue);
          g.writeEndArray();
        });
    Message message = Message.of(headers.next(reply), request.message().header(), content);
    answered(request.channel(), reply, request.client(), message);
  }

  private OutputEntry append(
      Channel channel, String msgType, byte[] topic, @Nullable Client to, Message message) {
    OutputEntry entry =
        new OutputEntry(
            channel,
            msgType,
            topic,
            to,
            message.header(),
            message.parentHeader(),
            message.metadata(),
            message.content(),
            message.buffers());
    log.append(entry);
    return entry;
  }
}
