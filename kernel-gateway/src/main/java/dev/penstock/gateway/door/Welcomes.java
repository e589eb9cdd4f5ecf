package dev.penstock.gateway.door;

import dev.penstock.gateway.json.Json;
import dev.penstock.protocol.message.HeaderFactory;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.wire.WireCodec;
import dev.penstock.protocol.zmq.Publisher;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Welcomes that new subscriptions ask for (JEP 65): one door's alone, other doors have no
 * subscriptions. Belongs to the session's owner thread.
 */
final class Welcomes {
  private static final Logger LOG = LoggerFactory.getLogger(Welcomes.class);

  private final WireCodec codec;
  private final HeaderFactory headers;
  private final Deque<List<byte[]>> unsent = new ArrayDeque<>();

  Welcomes(WireCodec codec, HeaderFactory headers) {
    this.codec = codec;
    this.headers = headers;
  }

  /** Somebody subscribed to this topic. */
  void add(byte[] topic) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(topic)).toString();
    } catch (CharacterCodingException e) {
      // The welcome tells the topic as text, which this one is not: such a subscriber gets none.
      LOG.atDebug().setCause(e).log("subscription to a topic that is no text");
      return;
    }
    byte[] content = Json.write(g -> g.writeStringProperty("subscription", text));
    byte[] empty = Json.emptyObject();
    unsent.add(
        codec.encode(
            new Message(
                topic.length == 0 ? List.of() : List.of(topic),
                headers.next("iopub_welcome"),
                empty,
                empty,
                content,
                List.of())));
  }

  /** Sends them; false if a subscriber is full now. */
  boolean offerTo(Publisher publisher) {
    while (!unsent.isEmpty()) {
      if (!publisher.offer(unsent.getFirst())) {
        return false;
      }
      unsent.removeFirst();
    }
    return true;
  }
}
