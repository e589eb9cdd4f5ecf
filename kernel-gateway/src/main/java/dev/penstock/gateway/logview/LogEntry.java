package dev.penstock.gateway.logview;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Cells;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.WireException;
import java.io.ByteArrayOutputStream;
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
    String parent = msgId(entry.parentHeader());
    return new LogEntry(logged, msgId(entry.header()), parent, cells.find(parent));
  }

  private static String msgId(byte[] header) {
    try {
      return Header.parse(header).msgId();
    } catch (WireException e) {
      // Another kernel's message with a header that cannot be read: it has no id to be found by.
      return "";
    }
  }

  boolean answers(LogQuery query) {
    return (query.parent() == null || query.parent().equals(parent))
        && (query.cell() == null || query.cell().equals(cell));
  }

  /** One line of UTF-8; content and metadata are the bytes that the kernel sent. */
  byte[] json() {
    OutputEntry entry = logged.entry();
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
    byte[] begin = Json.bytes(head);
    ByteArrayOutputStream line = new ByteArrayOutputStream(begin.length + 64);
    line.write(begin, 0, begin.length - 1);
    append(line, ",\"metadata\":", entry.metadata());
    append(line, ",\"content\":", entry.content());
    line.write('}');
    return line.toByteArray();
  }

  /** Line ends can only be between JSON's words, where a space is as good. */
  private static void append(ByteArrayOutputStream line, String name, byte[] json) {
    name.chars().forEach(line::write);
    for (byte b : json) {
      line.write(b == '\n' || b == '\r' ? ' ' : b);
    }
  }
}
