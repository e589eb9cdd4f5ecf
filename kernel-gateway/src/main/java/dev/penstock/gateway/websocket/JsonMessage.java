package dev.penstock.gateway.websocket;

import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * A message as one JSON object (WS-10), cut into the parts that it is made of. The parts are the
 * client's bytes: encoding them again would change values (1e400, lone surrogates, big integers).
 *
 * @param channel null if it names none
 * @param msgType as in its header
 */
@SuppressWarnings("ArrayRecordComponent") // bytes pass through
record JsonMessage(
    @Nullable String channel,
    String msgType,
    byte[] header,
    byte[] parentHeader,
    byte[] metadata,
    byte[] content) {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  /**
   * Reads one; of repeated fields the last counts, and what is no object is taken for an empty one.
   *
   * @throws FrameException if it is no JSON object or has no header
   */
  static JsonMessage read(byte[] json) throws FrameException {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw notAnObject();
      }
      JsonMessage message = readFields(parser, json);
      if (parser.nextToken() != null) {
        throw notAnObject();
      }
      return message;
    } catch (JacksonException e) {
      // Jackson's text may quote the message and is left out on purpose.
      throw notAnObject();
    }
  }

  private static JsonMessage readFields(JsonParser parser, byte[] json) throws FrameException {
    String channel = null;
    byte[] header = null;
    byte[] parentHeader = Message.EMPTY_OBJECT;
    byte[] metadata = Message.EMPTY_OBJECT;
    byte[] content = Message.EMPTY_OBJECT;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      if (name.equals("channel")) {
        channel = token == JsonToken.VALUE_NULL ? null : text(parser, token);
      }
      byte[] part = part(parser, token, json);
      switch (name) {
        case "header" -> header = part;
        case "parent_header" -> parentHeader = part;
        case "metadata" -> metadata = part;
        case "content" -> content = part;
        default -> {} // buffers, msg_id and the like
      }
    }
    if (header == null) {
      throw new FrameException("has no header");
    }
    return new JsonMessage(channel, msgType(header), header, parentHeader, metadata, content);
  }

  private static String text(JsonParser parser, JsonToken token) {
    return token == JsonToken.VALUE_STRING ? parser.getString() : "";
  }

  /** The bytes of the value that begins here, if it is an object; passes it. */
  private static byte[] part(JsonParser parser, JsonToken token, byte[] json) {
    if (token != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return Message.EMPTY_OBJECT;
    }
    long start = parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    return Arrays.copyOfRange(json, (int) start, (int) parser.currentLocation().getByteOffset());
  }

  private static String msgType(byte[] header) throws FrameException {
    try {
      return Header.parse(header).msgType();
    } catch (WireException e) {
      throw new FrameException("has no header");
    }
  }

  private static FrameException notAnObject() {
    return new FrameException("is not a JSON object");
  }

  /** As a message with these buffers. */
  Message with(List<byte[]> buffers) {
    return new Message(List.of(), header, parentHeader, metadata, content, buffers);
  }
}
