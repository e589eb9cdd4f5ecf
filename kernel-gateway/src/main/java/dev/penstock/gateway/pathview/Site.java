package dev.penstock.gateway.pathview;

import dev.penstock.gateway.contents.MimeTypes;
import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of a page that is built beforehand. What is no file is the page itself, which knows its
 * own addresses; below {@code /api/} it is an error. Thread-safe.
 */
public final class Site {
  private static final String INDEX = "index.html";
  private static final String SCRIPT = "reader.js";
  private static final Pattern HEAD =
      Pattern.compile("<head(\\s[^>]*)?>", Pattern.CASE_INSENSITIVE);

  private final Path root;
  private final String script;

  /**
   * A site.
   *
   * @param root a directory with an {@code index.html}
   * @throws IOException if it cannot be read
   */
  public Site(Path root) throws IOException {
    this.root = root.toRealPath();
    this.script = script();
  }

  /** Adds the page's own path: before any other page at it. */
  public void addPage(Routes routes) {
    routes.add("GET", "/", _ -> page());
  }

  /** Adds all that no other route answers. */
  public void addRest(Routes routes) {
    routes.add("GET", "/{path*}", this::answer);
  }

  private Answer answer(Call call) throws HttpException, IOException {
    String path = call.part("path");
    if (path.startsWith("api/")) {
      return Answer.json(404, Json.object().put("error", "Not found"));
    }
    Path found = find(path);
    return found == null || found.equals(root.resolve(INDEX)) ? page() : file(found);
  }

  /** A file of the site; null if there is none, or it is elsewhere, also by a link. */
  private @Nullable Path find(String path) {
    try {
      Path found = root.resolve(path).toRealPath();
      return found.startsWith(root) && Files.isRegularFile(found) ? found : null;
    } catch (IOException | InvalidPathException e) {
      return null; // not there, or no name that a file can have
    }
  }

  private static Answer file(Path file) throws IOException {
    String type = MimeTypes.served(file.getFileName().toString());
    boolean plain = type.startsWith("text/") && !type.contains("charset");
    return Answer.of(plain ? type + "; charset=utf-8" : type, Files.readAllBytes(file))
        .with("Cache-Control", "no-cache");
  }

  /** The page, with a script before its own by which it reads its streams for itself. */
  private Answer page() throws HttpException, IOException {
    String html;
    try {
      html = Files.readString(root.resolve(INDEX), StandardCharsets.ISO_8859_1); // byte for byte
    } catch (NoSuchFileException e) {
      throw new HttpException(404, "Not Found: the site has no " + INDEX);
    }
    String told =
        HEAD.matcher(html).replaceFirst(match -> Matcher.quoteReplacement(match.group() + script));
    return Answer.of("text/html; charset=utf-8", told.getBytes(StandardCharsets.ISO_8859_1))
        .with("Cache-Control", "no-cache");
  }

  private static String script() throws IOException {
    try (InputStream in = Site.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new IOException("this gateway was built without " + SCRIPT);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return "<script>\n" + text + "</script>";
    }
  }
}
