package dev.penstock.gateway.rest;

import dev.penstock.gateway.contents.RawFile;
import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.FileStream;
import java.net.URLEncoder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files as they are. */
public final class FileAnswers {
  private FileAnswers() {}

  /**
   * Sends a file bit by bit, and closes it; pages of users must not act as this server's own (HTML
   * is sandboxed).
   *
   * @param download whether browsers should save it
   */
  public static Answer of(RawFile file, boolean download) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", file.type());
    headers.put("Content-Length", Long.toString(file.size()));
    headers.put("Content-Security-Policy", "sandbox allow-scripts");
    headers.put(
        "Last-Modified",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(file.modified().atZone(ZoneOffset.UTC)));
    if (file.attachment() || download) {
      headers.put("Content-Disposition", "attachment; filename*=UTF-8''" + quoted(file.name()));
    }
    return new Answer(
        200, headers, new byte[0], new FileStream(Channels.newInputStream(file.channel())));
  }

  /** A path for a URL. */
  public static String quoted(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }
}
