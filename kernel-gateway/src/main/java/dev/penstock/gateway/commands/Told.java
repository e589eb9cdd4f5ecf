package dev.penstock.gateway.commands;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.lane.Lane;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.protocol.message.Channel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Entries of a command's log: the bytes that it wrote, in pieces, and its exit. Their types are
 * none of Jupyter's, so that the log never makes several of them one.
 */
final class Told {
  private static final String STDOUT = "command_stdout";
  private static final String STDERR = "command_stderr";
  private static final String EXIT = "command_exit";
  private static final byte[] NONE = {};

  private Told() {}

  static OutputEntry output(Lane lane, byte[] bytes) {
    return entry(lane == Lane.ERR ? STDERR : STDOUT, bytes);
  }

  static OutputEntry exit(Exit exit) {
    return entry(EXIT, Json.bytes(exit.json()));
  }

  private static OutputEntry entry(String type, byte[] content) {
    return new OutputEntry(Channel.IOPUB, type, NONE, null, NONE, NONE, NONE, content, List.of());
  }

  static boolean isExit(Logged logged) {
    return logged.entry().msgType().equals(EXIT);
  }

  static boolean isStderr(Logged logged) {
    return logged.entry().msgType().equals(STDERR);
  }

  /**
   * {@code {"seq", "time", "stream", "text"}}, with {@code data} in Base64 in place of {@code text}
   * for bytes; {@code {"seq", "time", "exit"}} for the exit.
   */
  static byte[] json(Logged logged, boolean binary) {
    byte[] content = logged.entry().content();
    ObjectNode json = Json.object().put("seq", logged.seq()).put("time", logged.at().toString());
    if (isExit(logged)) {
      return Json.bytes(json.set("exit", parsed(content)));
    }
    json.put("stream", isStderr(logged) ? "stderr" : "stdout");
    if (binary) {
      json.put("data", Base64.getEncoder().encodeToString(content));
    } else {
      // What is no UTF-8 becomes U+FFFD.
      json.put("text", new String(content, StandardCharsets.UTF_8));
    }
    return Json.bytes(json);
  }

  private static ObjectNode parsed(byte[] exit) {
    try {
      return Json.readObject(exit);
    } catch (JsonLineException e) {
      // It was written above.
      throw new IllegalStateException(e);
    }
  }
}
