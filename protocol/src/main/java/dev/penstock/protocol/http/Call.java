package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One HTTP call.
 *
 * @param path below the server's address, with the query
 * @param body can be sent more than once
 * @param repeatable whether made twice it does no more than made once
 * @param patience how long the server may wait before it begins to answer
 */
record Call(
    String method,
    String path,
    Map<String, String> headers,
    BodyPublisher body,
    boolean repeatable,
    Duration patience) {

  private static final BodyPublisher NOTHING = BodyPublishers.noBody();

  static Call get(String path) {
    return new Call("GET", path, Map.of(), NOTHING, true, Duration.ZERO);
  }

  static Call delete(String path) {
    return new Call("DELETE", path, Map.of(), NOTHING, true, Duration.ZERO);
  }

  static Call put(String path, BodyPublisher body) {
    return new Call("PUT", path, Map.of(), body, true, Duration.ZERO);
  }

  /** One that makes something once, however often it is made. */
  static Call once(String path, ObjectNode fields, @Nullable String key) {
    String known = key == null ? UUID.randomUUID().toString() : key;
    return post(path, fields).again().with("Idempotency-Key", known);
  }

  /** One that is not made again. */
  static Call post(String path, ObjectNode fields) {
    return new Call(
        "POST",
        path,
        Map.of(),
        BodyPublishers.ofByteArray(Trees.bytes(fields)),
        false,
        Duration.ZERO);
  }

  Call again() {
    return new Call(method, path, headers, body, true, patience);
  }

  /** One whose body is there once. */
  Call notAgain() {
    return new Call(method, path, headers, body, false, patience);
  }

  Call with(String name, String value) {
    Map<String, String> all = new HashMap<>(headers);
    all.put(name, value);
    return new Call(method, path, all, body, repeatable, patience);
  }

  /** One for which the server may wait. */
  Call waiting(Duration limit) {
    return new Call(method, path, headers, body, repeatable, limit);
  }

  /** A text as a part of a path. */
  static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
