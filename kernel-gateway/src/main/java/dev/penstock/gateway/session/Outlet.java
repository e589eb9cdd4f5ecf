package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.link.Frame;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.HeaderFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the session's messages to its clients and hands them to the log. Belongs to the session's
 * owner thread.
 */
final class Outlet {
  private static final byte[] NO_TOPIC = {};

  private final String kernelId;
  private final HeaderFactory headers;
  private final OutputLog log;
  private final StreamMerger merger;

  Outlet(String kernelId, HeaderFactory headers, OutputLog log) {
    this.kernelId = kernelId;
    this.headers = headers;
    this.log = log;
    this.merger = new StreamMerger(log, System::nanoTime);
  }

  /** The number that the next log entry will get. */
  long next() {
    return log.next();
  }

  /** {@code status} with this execution_state (IOP-02). */
  void status(byte[] parentHeader, String state) {
    iopub(
        "status",
        parentHeader,
        Json.emptyObject(),
        ("{\"execution_state\":\"" + state + "\"}").getBytes(StandardCharsets.UTF_8));
  }

  /** A {@code stream} of text that did not come from Python's own streams. */
  void stream(byte[] parentHeader, String name, String text) {
    byte[] content =
        Json.write(g -> g.writeStringProperty("name", name).writeStringProperty("text", text));
    append(
        Channel.IOPUB,
        "stream",
        utf8("stream." + name),
        null,
        parentHeader,
        Json.emptyObject(),
        content,
        List.of());
  }

  /** A message on iopub whose content the gateway made. */
  void iopub(String msgType, byte[] parentHeader, byte[] metadata, byte[] content) {
    append(
        Channel.IOPUB,
        msgType,
        utf8("kernel." + kernelId + "." + msgType),
        null,
        parentHeader,
        metadata,
        content,
        List.of());
  }

  /** What a PUBLISH frame asks for. */
  void publish(Frame frame) {
    List<byte[]> p = frame.parts();
    append(
        Channel.IOPUB,
        new String(p.get(0), StandardCharsets.US_ASCII),
        p.get(1),
        null,
        p.get(2),
        p.get(3),
        p.get(4),
        p.subList(5, p.size()));
  }

  /** A reply on the channel the request came through; on control it does not wait for data. */
  void reply(
      Request request, String msgType, byte[] metadata, byte[] content, List<byte[]> buffers) {
    OutputEntry entry =
        append(
            request.channel(),
            msgType,
            NO_TOPIC,
            request.client(),
            request.message().header(),
            metadata,
            content,
            buffers);
    if (request.channel() == Channel.CONTROL) {
      request.client().recipient().deliverNow(log, entry);
    }
  }

  /** An input_request to the client whose request runs (IN-01). */
  OutputEntry inputRequest(Request request, byte[] metadata, byte[] content) {
    return append(
        Channel.STDIN,
        "input_request",
        NO_TOPIC,
        request.client(),
        request.message().header(),
        metadata,
        content,
        List.of());
  }

  /** Lets text that was held for merging go when its time has come. */
  void releaseDue() {
    merger.releaseDue();
  }

  /** Lets text that was held for merging go at once. */
  void release() {
    merger.release();
  }

  /** How long the owner may wait before {@link #releaseDue} has something to do. */
  Duration patience(Duration atMost) {
    return merger.patience(atMost);
  }

  private OutputEntry append(
      Channel channel,
      String msgType,
      byte[] topic,
      @Nullable Client to,
      byte[] parentHeader,
      byte[] metadata,
      byte[] content,
      List<byte[]> buffers) {
    OutputEntry entry =
        new OutputEntry(
            channel,
            msgType,
            topic,
            to,
            headers.next(msgType),
            parentHeader,
            metadata,
            content,
            buffers);
    merger.append(entry);
    return entry;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
