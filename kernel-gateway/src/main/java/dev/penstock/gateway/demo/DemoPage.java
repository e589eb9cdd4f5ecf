package dev.penstock.gateway.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.util.regex.Pattern;

/**
 * {@code GET /demo}: a page over {@code /api/v1/sessions}, and the client package that it is
 * written with, for other pages of this origin as well. It holds nothing that is secret.
 * Thread-safe.
 */
public final class DemoPage {
  /** The page's own scripts and style, data from this server, and pictures that code makes. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Pattern NAME = Pattern.compile("[a-z]+\\.(js|css)");

  private final String base;

  /**
   * The page.
   *
   * @param base the server's base path, with a slash at both ends
   */
  public DemoPage(String base) {
    this.base = base;
  }

  /** Adds the paths. */
  public void addTo(Routes routes) {
    routes
        .addOpen("GET", "/demo", this::page)
        .addOpen("GET", "/demo/{file}", call -> part("", call))
        .addOpen("GET", "/demo/client/{file}", call -> part("client/", call));
  }

  /**
   * The answer to a right token in the query has the cookie: the address need not keep it. It keeps
   * the session that it names.
   */
  private Answer page(Call call) throws HttpException {
    if (call.query("token") != null) {
      String session = call.query("session");
      String query = session == null ? "" : "?session=" + URLEncoder.encode(session, UTF_8);
      return Answer.nothing().withStatus(303).with("Location", base + "demo" + query);
    }
    return file("demo.html", "text/html")
        .with("Content-Security-Policy", POLICY)
        .with("Referrer-Policy", "no-referrer");
  }

  private static Answer part(String folder, Call call) throws HttpException {
    String name = call.part("file");
    if (!NAME.matcher(name).matches()) {
      throw new HttpException(404, "Not Found");
    }
    return file(folder + name, name.endsWith(".js") ? "text/javascript" : "text/css");
  }

  private static Answer file(String name, String mediaType) throws HttpException {
    try (InputStream in = DemoPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new HttpException(404, "Not Found");
      }
      return Answer.of(mediaType + "; charset=utf-8", in.readAllBytes())
          .with("Cache-Control", "no-cache");
    } catch (IOException e) {
      throw new HttpException(500, "the gateway's jar cannot be read: " + e.getMessage());
    }
  }
}
