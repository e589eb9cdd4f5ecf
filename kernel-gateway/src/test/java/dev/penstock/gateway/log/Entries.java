package dev.penstock.gateway.log;

import dev.penstock.gateway.session.Client;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.protocol.message.Channel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Entries for tests, written with apostrophes for quotes. */
final class Entries {
  private Entries() {}

  static OutputEntry iopub(String msgType, String request, String content) {
    return new OutputEntry(
        Channel.IOPUB,
        msgType,
        utf8("kernel." + msgType),
        null,
        utf8("{'msg_type':'" + msgType + "'}"),
        utf8("{'msg_id':'" + request + "','session':'s'}"),
        utf8("{}"),
        utf8(content),
        List.of());
  }

  static OutputEntry text(String request, String escaped) {
    return iopub("stream", request, "{'name':'stdout','text':'" + escaped + "'}");
  }

  static OutputEntry replyTo(String session) {
    Client client = new Client((_, _) -> {}, List.of(utf8("identity")));
    OutputEntry said = iopub("execute_reply", "r", "{'status':'ok'}");
    return new OutputEntry(
        Channel.SHELL,
        "execute_reply",
        said.topic(),
        client,
        said.header(),
        utf8("{'msg_id':'r','session':'" + session + "'}"),
        said.metadata(),
        said.content(),
        said.buffers());
  }

  /** Anything: now and then with buffers, now and then large. */
  static OutputEntry random(Random random) {
    List<byte[]> buffers = new ArrayList<>();
    while (random.nextInt(4) == 0) {
      buffers.add(bytes(random, random.nextInt(500)));
    }
    int size = random.nextInt(50) == 0 ? random.nextInt(60_000) : random.nextInt(300);
    OutputEntry entry = iopub("display_data", "r" + random.nextInt(9), "");
    return new OutputEntry(
        entry.channel(),
        entry.msgType(),
        entry.topic(),
        null,
        bytes(random, random.nextInt(100)),
        entry.parentHeader(),
        entry.metadata(),
        bytes(random, size),
        buffers);
  }

  static byte[] bytes(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Everything that can be read from a number on, over gaps. */
  static List<Logged> all(OutputLog log) {
    List<Logged> found = new ArrayList<>();
    long from = 0;
    while (from < log.next()) {
      OutputLog.Slice slice = log.read(from, 7);
      found.addAll(slice.entries());
      if (slice.next() <= from) {
        throw new AssertionError("a reader does not get on at " + from);
      }
      from = slice.next();
    }
    return found;
  }

  /** An entry's parts as text, to compare. */
  static List<String> parts(Logged logged) {
    return RecordFormat.parts(logged).stream()
        .map(part -> new String(part, StandardCharsets.ISO_8859_1))
        .toList();
  }

  private static byte[] utf8(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
