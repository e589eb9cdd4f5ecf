package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Escapes;
import dev.penstock.protocol.message.Channel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stream message (spec: "Streams") whose text can be lengthened without reading it: the content
 * is {@code {"name":"…","text":"…"}}, byte for byte, as worker and gateway write it. Escapes stay
 * as they are.
 */
public final class StreamText {
  private static final byte[] NAME = utf8("{\"name\":\"");
  private static final byte[] TEXT = utf8("\",\"text\":\"");
  private static final byte[] END = utf8("\"}");

  private final OutputEntry first;
  private final int textStart;
  private @Nullable ByteArrayOutputStream joined;

  private StreamText(OutputEntry first, int textStart) {
    this.first = first;
    this.textStart = textStart;
  }

  /** The entry as text, or null when it is anything else or has another form. */
  public static @Nullable StreamText of(OutputEntry entry) {
    if (entry.channel() != Channel.IOPUB
        || !entry.msgType().equals("stream")
        || !entry.buffers().isEmpty()) {
      return null;
    }
    byte[] content = entry.content();
    if (!hasAt(content, 0, NAME)) {
      return null;
    }
    int nameEnd = stringEnd(content, NAME.length);
    if (!hasAt(content, nameEnd, TEXT)) {
      return null;
    }
    int textStart = nameEnd + TEXT.length;
    boolean whole = stringEnd(content, textStart) == content.length - END.length;
    return whole && hasAt(content, content.length - END.length, END)
        ? new StreamText(entry, textStart)
        : null;
  }

  /** Whether the other is text of the same stream, for the same request. */
  public boolean continuesWith(StreamText other) {
    return Arrays.equals(first.content(), 0, textStart, other.first.content(), 0, other.textStart)
        && Arrays.equals(first.parentHeader(), other.first.parentHeader())
        && Arrays.equals(first.metadata(), other.first.metadata())
        && Arrays.equals(first.topic(), other.first.topic());
  }

  /** Puts the other's text behind this one's. */
  void add(StreamText other) {
    if (joined == null) {
      joined = new ByteArrayOutputStream(2 * first.content().length + other.first.content().length);
      joined.write(first.content(), 0, first.content().length - END.length);
    }
    int length = other.first.content().length - END.length - other.textStart;
    joined.write(other.first.content(), other.textStart, length);
  }

  /** Bytes of its content. */
  int size() {
    return joined == null ? first.content().length : joined.size() + END.length;
  }

  /** The message with all text; its header is that of the first part. */
  OutputEntry entry() {
    if (joined == null) {
      return first;
    }
    joined.writeBytes(END);
    return first.withContent(joined.toByteArray());
  }

  /** The text it began with, as it is between the quotes: UTF-8 with JSON's escapes. */
  public byte[] escaped() {
    return Arrays.copyOfRange(first.content(), textStart, first.content().length - END.length);
  }

  /** The message it began with, saying this instead. */
  public OutputEntry entry(byte[] escaped) {
    ByteArrayOutputStream content =
        new ByteArrayOutputStream(textStart + escaped.length + END.length);
    content.write(first.content(), 0, textStart);
    content.writeBytes(escaped);
    content.writeBytes(END);
    return first.withContent(content.toByteArray());
  }

  /** Index of the quote that ends the JSON string which begins at {@code from}, else the length. */
  private static int stringEnd(byte[] json, int from) {
    int at = Escapes.next(json, from);
    while (at < json.length && json[at] == '\\') {
      at = at + 2 < json.length ? Escapes.next(json, at + 2) : json.length;
    }
    return at;
  }

  private static boolean hasAt(byte[] bytes, int at, byte[] part) {
    return at + part.length <= bytes.length
        && Arrays.equals(bytes, at, at + part.length, part, 0, part.length);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
