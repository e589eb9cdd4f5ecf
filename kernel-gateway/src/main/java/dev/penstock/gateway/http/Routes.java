package dev.penstock.gateway.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint answers which method and path. A path is written as {@code /api/kernels/{id}}; a
 * last part {@code {path*}} takes the rest, slashes and all. Made at start, read by any thread.
 */
public final class Routes {
  private static final Pattern PART = Pattern.compile("\\{(\\w+)(\\*?)}");

  private final List<Route> routes = new ArrayList<>();

  /**
   * A route.
   *
   * @param template its path as OpenAPI writes it, {@code {path}} for {@code {path*}}
   * @param open whether nobody need prove who he is
   */
  record Route(
      String method,
      String template,
      Pattern pattern,
      List<String> names,
      Endpoint endpoint,
      boolean open) {
    Map<String, String> parts(Matcher match) {
      Map<String, String> parts = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        parts.put(names.get(i), decode(match.group(i + 1)));
      }
      return parts;
    }

    private static String decode(@Nullable String text) {
      // A plus is a plus in a path.
      return text == null
          ? ""
          : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
  }

  /** What was found for a call. */
  record Found(Route route, Map<String, String> parts) {}

  /** Adds an endpoint for those who may use the server. */
  public Routes add(String method, String path, Endpoint endpoint) {
    return add(method, path, endpoint, false);
  }

  /** Adds an endpoint for everybody. */
  public Routes addOpen(String method, String path, Endpoint endpoint) {
    return add(method, path, endpoint, true);
  }

  private Routes add(String method, String path, Endpoint endpoint, boolean open) {
    List<String> names = PART.matcher(path).results().map(part -> part.group(1)).toList();
    String pattern = pattern(path);
    String template = PART.matcher(path).replaceAll("{$1}");
    routes.add(new Route(method, template, Pattern.compile(pattern + "/?"), names, endpoint, open));
    return this;
  }

  /** What is between the parts means itself. */
  private static String pattern(String path) {
    StringBuilder pattern = new StringBuilder();
    int end = 0;
    for (MatchResult part : PART.matcher(path).results().toList()) {
      pattern.append(Pattern.quote(path.substring(end, part.start())));
      pattern.append(part.group(2).isEmpty() ? "([^/]+)" : "(.*?)");
      end = part.end();
    }
    return pattern.append(Pattern.quote(path.substring(end))).toString();
  }

  /** Tells all routes, by method and by path as OpenAPI writes it, in order. */
  public void forEach(BiConsumer<String, String> told) {
    routes.forEach(route -> told.accept(route.method, route.template));
  }

  /** The route of a call; HEAD is a GET whose body is left out. */
  @Nullable Found find(String method, String path) {
    String wanted = method.equals("HEAD") ? "GET" : method;
    for (Route route : routes) {
      if (route.method.equals(wanted)) {
        Matcher match = route.pattern.matcher(path);
        if (match.matches()) {
          return new Found(route, route.parts(match));
        }
      }
    }
    return null;
  }

  /** Methods that a path has; empty for an unknown path. */
  Set<String> methods(String path) {
    Set<String> methods = new TreeSet<>();
    for (Route route : routes) {
      if (route.pattern.matcher(path).matches()) {
        methods.add(route.method);
      }
    }
    return methods;
  }
}
