package dev.penstock.protocol.http;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Where a server is, and what is shown to it.
 *
 * @param base with a slash at its end
 */
record Address(URI base, String token) {

  private static final String TOKEN = "token=";

  /** Throws IllegalArgumentException for what is no address of a server. */
  static Address of(URI url, String token) {
    String scheme = Objects.requireNonNullElse(url.getScheme(), "");
    if (!(scheme.equals("http") || scheme.equals("https")) || url.getRawAuthority() == null) {
      throw new IllegalArgumentException(
          "This is no address of a server, such as http://127.0.0.1:8888");
    }
    String known = token;
    for (String field : Objects.requireNonNullElse(url.getRawQuery(), "").split("&", -1)) {
      if (known.isEmpty() && field.startsWith(TOKEN)) {
        known = URLDecoder.decode(field.substring(TOKEN.length()), StandardCharsets.UTF_8);
      }
    }
    String path = Objects.requireNonNullElse(url.getRawPath(), "");
    String slash = path.endsWith("/") ? "" : "/";
    return new Address(URI.create(scheme + "://" + url.getRawAuthority() + path + slash), known);
  }
}
