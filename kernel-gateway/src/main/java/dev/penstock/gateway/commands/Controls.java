package dev.penstock.gateway.commands;

import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a client can do to a command that runs. */
final class Controls {
  private Controls() {}

  /**
   * Hands it input.
   *
   * @throws HttpException 409 if it takes none, or not now
   */
  static void input(Command command, byte[] data, boolean end) throws HttpException {
    checkRuns(command);
    if (!command.order().input() && command.order().terminal() == null) {
      throw new HttpException(
          409, "This command has no input: ask for it with \"stdin\": true or \"pty\": true");
    }
    if (!command.tether().input(data)) {
      throw new HttpException(
          409, "The command does not read its input, and 1 MiB waits: send this again later");
    }
    if (end) {
      command.tether().endInput();
    }
  }

  /**
   * Sends a signal to it and its children.
   *
   * @throws HttpException 400 for an unknown one, 409 if it does not run
   */
  static void signal(Command command, JsonNode json) throws HttpException {
    String name = json.asString("");
    if (!Signals.maySend(name)) {
      throw new HttpException(400, "signal must be the name of one, such as SIGINT or SIGTERM");
    }
    checkRuns(command);
    command.tether().signal(name);
  }

  /**
   * Gives its terminal another size.
   *
   * @throws HttpException 400 for what is none, 409 if it has no terminal or does not run
   */
  static void resize(Command command, JsonNode json) throws HttpException {
    if (command.order().terminal() == null) {
      throw new HttpException(409, "This command has no terminal: ask for it with \"pty\": true");
    }
    var size = OrderReader.size(json);
    checkRuns(command);
    command.resize(size);
  }

  /**
   * Does what a message on a WebSocket says: {@code {"stdin": text}}, {@code {"stdin_base64":
   * bytes}}, {@code {"end_stdin": true}}, {@code {"signal": name}}, {@code {"resize": {"rows",
   * "columns"}}}.
   *
   * @throws HttpException as above; 400 if it says nothing of these
   */
  static void message(Command command, ObjectNode json) throws HttpException {
    boolean end = Json.flag(json, "end_stdin");
    if (json.path("stdin").isString()) {
      input(command, json.path("stdin").asString().getBytes(StandardCharsets.UTF_8), end);
    } else if (json.path("stdin_base64").isString()) {
      input(command, decoded(json.path("stdin_base64").asString()), end);
    } else if (json.hasNonNull("signal")) {
      signal(command, json.path("signal"));
    } else if (json.hasNonNull("resize")) {
      resize(command, json.path("resize"));
    } else if (end) {
      input(command, new byte[0], true);
    } else {
      throw new HttpException(
          400, "a message has stdin, stdin_base64, end_stdin, signal or resize");
    }
  }

  private static byte[] decoded(String base64) throws HttpException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, "stdin_base64 is not Base64");
    }
  }

  private static void checkRuns(Command command) throws HttpException {
    if (command.isOver()) {
      throw new HttpException(409, "The command has ended");
    }
  }
}
