package dev.penstock.gateway.page;

import dev.penstock.gateway.http.Access;
import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import java.io.IOException;
import java.io.InputStream;

/**
 * {@code GET /}: the page, which holds nothing that is secret and gets what it shows from {@code
 * GET /api/penstock/status}. Thread-safe.
 */
public final class StatusPage {
  /** The page's own script and style, data from this server, and nothing else. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final String base;
  private final StatusReport report;
  private final Access access;

  /**
   * The page.
   *
   * @param base the server's base path, with a slash at both ends
   * @param access gives a page the cookie that stands for the token
   */
  public StatusPage(String base, StatusReport report, Access access) {
    this.base = base;
    this.report = report;
    this.access = access;
  }

  /** Adds the paths. */
  public void addTo(Routes routes) {
    routes
        .addOpen("GET", "/", this::page)
        .addOpen("GET", "/penstock/page.js", _ -> file("page.js", "text/javascript"))
        .addOpen("GET", "/penstock/sparkline.js", _ -> file("sparkline.js", "text/javascript"))
        .addOpen("GET", "/penstock/page.css", _ -> file("page.css", "text/css"))
        .add("GET", "/api/penstock/status", _ -> status())
        .add("POST", "/api/penstock/login", this::login);
  }

  /** The answer to a right token in the query has the cookie: the address need not keep it. */
  private Answer page(Call call) throws HttpException {
    if (call.query("token") != null) {
      return Answer.nothing().withStatus(303).with("Location", base);
    }
    return file("page.html", "text/html")
        .with("Content-Security-Policy", POLICY)
        .with("Referrer-Policy", "no-referrer");
  }

  private Answer status() throws HttpException {
    return Answer.ok(report.json()).with("Cache-Control", "no-store");
  }

  /** Whoever showed the token gets the cookie for it. */
  private Answer login(Call call) {
    return Answer.nothing().with("Set-Cookie", access.cookie(base, call.isSecure()));
  }

  private static Answer file(String name, String mediaType) throws HttpException {
    try (InputStream in = StatusPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new HttpException(404, "Not Found: this gateway was built without " + name);
      }
      return Answer.of(mediaType + "; charset=utf-8", in.readAllBytes())
          .with("Cache-Control", "no-cache");
    } catch (IOException e) {
      throw new HttpException(500, "the gateway's jar cannot be read: " + e.getMessage());
    }
  }
}
