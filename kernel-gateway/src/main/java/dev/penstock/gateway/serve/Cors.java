package dev.penstock.gateway.serve;

import dev.penstock.gateway.http.Origins;
import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which pages of other origins may use a server, from its settings. */
final class Cors {
  private Cors() {}

  static Origins origins(ServeSettings settings) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    Json.child(settings.cors(), "headers")
        .properties()
        .forEach(e -> headers.put(e.getKey(), e.getValue().asString("")));
    String pattern = Json.text(settings.cors(), "origin_pattern");
    return new Origins(
        settings.cors().path("origin").asString(""),
        pattern == null || pattern.isEmpty() ? null : pattern(pattern),
        headers,
        settings.pathview() != null);
  }

  private static Pattern pattern(String text) throws IOException {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IOException(
          "--allow-origin-pat is no regular expression: " + e.getDescription(), e);
    }
  }
}
