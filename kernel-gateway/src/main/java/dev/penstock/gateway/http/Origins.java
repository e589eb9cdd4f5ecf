package dev.penstock.gateway.http;

import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
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
 * @param flask whether browsers are told as flask-cors tells them: the origin itself also where all
 *     are allowed, and in a preflight's answer whatever it asks for
 */
public record Origins(
    String allowed, @Nullable Pattern pattern, Map<String, String> headers, boolean flask) {

  /** What a page is told before its first call unless {@code headers} say otherwise (REST-21). */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "Access-Control-Allow-Headers",
          "accept, authorization, cache-control, content-type, idempotency-key, last-event-id,"
              + " prefer, x-xsrftoken",
          "Access-Control-Allow-Methods",
          "GET, PUT, POST, PATCH, DELETE, OPTIONS");

  private static final Map<String, String> FLASK_DEFAULTS =
      Map.of(
          "Access-Control-Max-Age", "3600",
          "Access-Control-Allow-Methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");

  /** Status of the answer to a preflight. */
  int preflight() {
    return flask ? HttpStatus.OK_200 : HttpStatus.NO_CONTENT_204;
  }

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
      if (flask && allowed.equals("*")) {
        response.getHeaders().put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
      }
      return;
    }
    if (allowed.equals("*") && !flask) {
      response.getHeaders().put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    } else if (isAllowed(origin)) {
      response.getHeaders().put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      response.getHeaders().add(new HttpField(HttpHeader.VARY, "Origin"));
    } else {
      return;
    }
    if (request.getMethod().equals("OPTIONS")) {
      Map<String, String> defaults = flask ? FLASK_DEFAULTS : DEFAULTS;
      defaults.forEach((name, value) -> response.getHeaders().put(name, value));
      String asked = request.getHeaders().get("Access-Control-Request-Headers");
      if (flask && asked != null) {
        response.getHeaders().put("Access-Control-Allow-Headers", asked);
      }
    }
    headers.forEach((name, value) -> response.getHeaders().put(name, value));
  }
}
