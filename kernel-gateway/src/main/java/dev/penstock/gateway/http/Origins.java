package dev.penstock.gateway.http;

import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/**
 * From which pages the server may be used (WS-04), and what browsers are told of it (CORS). A
 * request without an Origin is no page's.
 *
 * @param allowed {@code *}, one origin, or empty for the server's own
 * @param pattern origins that match it whole are allowed, too
 * @param headers further CORS headers, name to value
 */
public record Origins(String allowed, @Nullable Pattern pattern, Map<String, String> headers) {

  /** Whether a page of this origin may. */
  boolean allows(Request request) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    return origin == null || isSame(request, origin) || isAllowed(origin);
  }

  private boolean isAllowed(String origin) {
    return allowed.equals("*")
        || (!allowed.isEmpty() && allowed.equalsIgnoreCase(origin))
        || (pattern != null && pattern.matcher(origin).matches());
  }

  private static boolean isSame(Request request, String origin) {
    String host = request.getHeaders().get(HttpHeader.HOST);
    int scheme = origin.indexOf("://");
    return host != null && scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(host);
  }

  /** Tells a browser what its page may do. */
  void tell(Request request, Response response) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin == null) {
      return;
    }
    if (allowed.equals("*")) {
      response.getHeaders().put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    } else if (isAllowed(origin)) {
      response.getHeaders().put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      response.getHeaders().add(new HttpField(HttpHeader.VARY, "Origin"));
    } else {
      return;
    }
    headers.forEach((name, value) -> response.getHeaders().put(name, value));
  }
}
