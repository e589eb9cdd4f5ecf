package dev.penstock.gateway.logview;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.Spliced;
import dev.penstock.gateway.kernels.Cells;
import dev.penstock.gateway.kernels.Tracebacks;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An entry of a log as it is told: {@code {"seq", "time", "channel", "msg_type", "msg_id",
 * "parent_id", "cell_id" where known, "buffers" in Base64, "metadata", "content"}}.
 *
 * @param parent msg_id of the request it answers, "" for none
 * @param cell id of the cell whose request that was; null if it is not known
 */
record LogEntry(Logged logged, String msgId, String parent, @Nullable String cell) {

  /** An entry; null for one that is not told: questions for input are their client's alone. */
  static @Nullable LogEntry of(Logged logged, Cells cells) {
    OutputEntry entry = logged.entry();
    if (entry.channel() == Channel.STDIN || entry.channel() == Channel.HEARTBEAT) {
      return null;
    }
    String parent = entry.parentMsgId();
    return new LogEntry(logged, entry.msgId(), parent, cells.find(parent));
  }

  boolean answers(LogQuery query) {
    return (query.parent() == null || query.parent().equals(parent))
        && (query.cell() == null || query.cell().equals(cell));
  }

  /**
   * One line of UTF-8; content and metadata are the bytes that the kernel sent, if all is shown.
   */
  byte[] json(Tracebacks tracebacks) {
    OutputEntry entry = tracebacks.of(logged.entry());
    ObjectNode head =
        Json.object()
            .put("seq", logged.seq())
            .put("time", logged.at().toString())
            .put("channel", entry.channel().name().toLowerCase(Locale.ROOT))
            .put("msg_type", entry.msgType())
            .put("msg_id", msgId)
            .put("parent_id", parent);
    if (cell != null) {
      head.put("cell_id", cell);
    }
    ArrayNode buffers = head.putArray("buffers");
    entry.buffers().forEach(buffer -> buffers.add(Base64.getEncoder().encodeToString(buffer)));
    return new Spliced(head)
        .with("metadata", entry.metadata())
        .with("content", entry.content())
        .bytes();
  }
}
