package dev.penstock.gateway.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the server: whoever shows its token, in a header ({@code Authorization: token X} or
 * {@code Bearer X}), in the query ({@code ?token=X}) or in the cookie that a page got. Compared in
 * constant time. Without a token everybody may.
 */
public final class Access {
  private static final List<String> SCHEMES = List.of("token ", "bearer ");

  private static final int SECRET_BYTES = 24;

  private final byte[] token;
  private final String cookie;

  /** What the cookie holds in place of the token: it ends with the server. */
  private final String secret;

  /**
   * Access with a token.
   *
   * @param token empty for none
   * @param cookie name of the cookie
   */
  public Access(String token, String cookie) {
    this.token = token.getBytes(StandardCharsets.UTF_8);
    this.cookie = cookie;
    byte[] random = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(random);
    this.secret = HexFormat.of().formatHex(random);
  }

  /** Whether this call shows the token. */
  public boolean allows(Request request) {
    if (token.length == 0) {
      return true;
    }
    String shown = fromHeader(request);
    if (shown == null) {
      shown = Request.extractQueryParameters(request).getValue("token");
    }
    return shown != null ? matches(shown) : hasCookie(request);
  }

  /** Whether the query holds the token: then a page's answer may set the cookie. */
  boolean isInQuery(Request request) {
    String shown = Request.extractQueryParameters(request).getValue("token");
    return token.length > 0 && shown != null && matches(shown);
  }

  /** The cookie's header value for a page of somebody who showed the token. */
  public String cookie(String path, boolean secure) {
    return cookie
        + "="
        + secret
        + "; Path="
        + path
        + "; HttpOnly; SameSite=Strict"
        + (secure ? "; Secure" : "");
  }

  private static @Nullable String fromHeader(Request request) {
    String header = request.getHeaders().get("Authorization");
    if (header == null) {
      return null;
    }
    for (String scheme : SCHEMES) {
      if (header.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return header.substring(scheme.length()).trim();
      }
    }
    return null;
  }

  private boolean hasCookie(Request request) {
    for (HttpCookie sent : Request.getCookies(request)) {
      if (sent.getName().equals(cookie) && same(sent.getValue(), secret)) {
        return true;
      }
    }
    return false;
  }

  private boolean matches(String shown) {
    return MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), token);
  }

  private static boolean same(String left, String right) {
    return MessageDigest.isEqual(
        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
  }
}
