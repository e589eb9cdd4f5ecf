package dev.penstock.protocol.message;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The fields of a message header that routing needs (messaging spec, "General message format").
 *
 * <p>Lenient, because clients differ: a missing field or one of another type is {@code ""}. The
 * date is taken as text if it is text and never parsed (some clients send a number).
 *
 * @param msgId opaque, may repeat
 * @param session the sender's session id
 * @param username any string
 * @param date as sent, or ""
 * @param msgType such as {@code execute_request}
 * @param version protocol version, {@code x.y}
 * @param subshellId the subshell the request is for (JEP 91); null for the main shell
 */
public record Header(
    String msgId,
    String session,
    String username,
    String date,
    String msgType,
    String version,
    @Nullable String subshellId) {

  private static final JsonFactory JSON = JsonFactory.builder().build();

  /**
   * Reads the fields by streaming; unknown fields are skipped, of repeated ones the last counts.
   *
   * @param json UTF-8 JSON object
   * @throws WireException if the bytes are not one JSON object
   */
  public static Header parse(byte[] json) throws WireException {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw notAnObject();
      }
      Header header = readFields(parser);
      if (parser.nextToken() != null) {
        throw notAnObject();
      }
      return header;
    } catch (JacksonException e) {
      // Malformed JSON or bad UTF-8 from a peer: the declared way to say so. Jackson's text may
      // quote the message and is left out on purpose.
      throw notAnObject();
    }
  }

  private static Header readFields(JsonParser parser) {
    String msgId = "";
    String session = "";
    String username = "";
    String date = "";
    String msgType = "";
    String version = "";
    String subshellId = null;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      String text = token == JsonToken.VALUE_STRING ? parser.getString() : "";
      switch (name) {
        case "msg_id" -> msgId = text;
        case "session" -> session = text;
        case "username" -> username = text;
        case "date" -> date = text;
        case "msg_type" -> msgType = text;
        case "version" -> version = text;
        case "subshell_id" -> subshellId = token == JsonToken.VALUE_STRING ? text : null;
        default -> {} // fields of newer protocols
      }
      parser.skipChildren();
    }
    return new Header(msgId, session, username, date, msgType, version, subshellId);
  }

  private static WireException notAnObject() {
    return new WireException(WireException.Reason.MALFORMED, "a header is not a JSON object");
  }
}
