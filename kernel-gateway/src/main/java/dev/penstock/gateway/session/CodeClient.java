package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.HeaderFactory;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** A client of the gateway's own, which finds the replies to its code in the log. Thread-safe. */
public final class CodeClient implements Recipient {
  private final HeaderFactory headers;
  private final Client address;

  /** A client with a session of its own. */
  public CodeClient(String username) {
    headers = new HeaderFactory(UUID.randomUUID().toString(), username);
    address = new Client(this, List.of(headers.session().getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * Asks to run code as a cell. Nobody could answer a question for input: the code gets an error in
   * its place.
   */
  public Request execute(String code) {
    ObjectNode content = Json.object();
    content.put("code", code).put("silent", false).put("store_history", true);
    content.putObject("user_expressions");
    content.put("allow_stdin", false).put("stop_on_error", false);
    return request(Channel.SHELL, "execute_request", content);
  }

  /** Any request of its. */
  public Request request(Channel channel, String msgType, ObjectNode content) {
    return request(channel, msgType, Message.EMPTY_OBJECT, content);
  }

  /**
   * The answer to a question for input.
   *
   * @param question header of the question
   */
  public Request inputReply(byte[] question, String value) {
    return request(Channel.STDIN, "input_reply", question, Json.object().put("value", value));
  }

  private Request request(Channel channel, String msgType, byte[] parent, ObjectNode content) {
    byte[] header = headers.next(msgType);
    Message message = Message.of(header, parent, Json.bytes(content));
    try {
      return new Request(address, channel, Header.parse(header), message);
    } catch (WireException e) {
      throw new IllegalStateException("a header of our own making", e);
    }
  }

  /** The log has it. */
  @Override
  public void deliverNow(OutputLog log, OutputEntry entry) {}
}
