package dev.penstock.gateway.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.kernels.Life;
import dev.penstock.gateway.session.Client;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Recipient;
import dev.penstock.gateway.session.Request;
import dev.penstock.protocol.message.Channel;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.HeaderFactory;
import dev.penstock.protocol.message.Message;
import dev.penstock.protocol.message.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A client of a life that reads the log from its beginning. */
final class TestingClient implements Recipient {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final OutputLog log;
  private final Client client = new Client(this, List.of());
  private final HeaderFactory headers = new HeaderFactory("test", "ada");

  /** What was delivered past the log's order. */
  private final BlockingQueue<OutputEntry> urgent = new LinkedBlockingQueue<>();

  TestingClient(OutputLog log) {
    this.log = log;
  }

  @Override
  public void deliverNow(OutputLog from, OutputEntry entry) {
    urgent.add(entry);
  }

  Request request(Channel channel, String type, ObjectNode content) throws WireException {
    byte[] header = headers.next(type);
    Message message = Message.of(header, Json.emptyObject(), Json.bytes(content));
    return new Request(client, channel, Header.parse(header), message);
  }

  Request execute(Life life, String code) throws WireException {
    Request request =
        request(
            Channel.SHELL,
            "execute_request",
            Json.object()
                .put("code", code)
                .put("silent", false)
                .put("allow_stdin", true)
                .put("stop_on_error", false));
    boolean _ = life.submit(request);
    return request;
  }

  /** The answer to a request; waits for it. */
  OutputEntry reply(Request request) throws Exception {
    return await(e -> client.equals(e.to()) && e.channel() != Channel.STDIN && answers(e, request));
  }

  /** The next answer that came in a hurry; waits for it. */
  @Nullable OutputEntry hurried() throws InterruptedException {
    return urgent.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  boolean owns(OutputEntry entry) {
    return client.equals(entry.to());
  }

  static boolean answers(OutputEntry entry, Request request) {
    try {
      return Header.parse(entry.parentHeader()).msgId().equals(request.header().msgId());
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  /** The first entry that fits; waits for it. */
  OutputEntry await(Predicate<OutputEntry> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    long seq = 0;
    while (System.nanoTime() < deadline) {
      for (OutputEntry entry : from(seq)) {
        seq++;
        if (wanted.test(entry)) {
          return entry;
        }
      }
      boolean _ = log.await(seq, Duration.ofSeconds(1));
    }
    throw new AssertionError(
        "no such entry among " + all().stream().map(OutputEntry::msgType).toList());
  }

  List<OutputEntry> all() {
    return from(0);
  }

  private List<OutputEntry> from(long seq) {
    List<OutputEntry> entries = new ArrayList<>();
    OutputLog.Slice slice = log.read(seq, 10_000);
    assertThat(slice.first()).isEqualTo(seq);
    for (Logged logged : slice.entries()) {
      entries.add(logged.entry());
    }
    return entries;
  }

  static ObjectNode content(OutputEntry entry) throws JsonLineException {
    return Json.readObject(entry.content());
  }

  static boolean isStream(OutputEntry entry, String text) {
    try {
      return entry.msgType().equals("stream")
          && content(entry).path("text").asString().contains(text);
    } catch (JsonLineException e) {
      throw new AssertionError(e);
    }
  }
}
