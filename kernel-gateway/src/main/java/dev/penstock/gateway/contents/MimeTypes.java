package dev.penstock.gateway.contents;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * MIME types by file name, as Python's {@code mimetypes} guesses them: the table beside this class,
 * then the system's {@code /etc/mime.types}, whose word counts.
 */
public final class MimeTypes {
  private static final Path SYSTEM = Path.of("/etc/mime.types");

  /** Endings that stand for one ending and one encoding. */
  private static final Map<String, String> SHORT =
      Map.of(
          ".tgz",
          ".tar.gz",
          ".taz",
          ".tar.gz",
          ".tz",
          ".tar.gz",
          ".svgz",
          ".svg.gz",
          ".tbz2",
          ".tar.bz2",
          ".txz",
          ".tar.xz");

  private static final Map<String, String> ENCODINGS =
      Map.of(".gz", "gzip", ".Z", "compress", ".bz2", "bzip2", ".xz", "xz", ".br", "br");

  private static final Map<String, String> TYPES = load();

  private MimeTypes() {}

  /**
   * What a file's name says of it.
   *
   * @param type of the content, null if unknown
   * @param encoding how it is compressed, null if it is not
   */
  record Guess(@Nullable String type, @Nullable String encoding) {}

  /** Guesses by the last endings of a name. */
  static Guess guess(String name) {
    String base = stem(name);
    String ending = name.substring(base.length());
    String longer = SHORT.get(ending);
    if (longer != null) {
      return guess(base + longer);
    }
    String encoding = ENCODINGS.get(ending);
    if (encoding != null) {
      ending = base.substring(stem(base).length());
    }
    return new Guess(TYPES.get(ending.toLowerCase(Locale.ROOT)), encoding);
  }

  /** A name without its last ending, by Python's {@code splitext}: dots in front begin none. */
  static String stem(String name) {
    int dot = name.lastIndexOf('.');
    boolean hasStem = dot > 0 && !name.substring(0, dot).chars().allMatch(c -> c == '.');
    return hasStem ? name.substring(0, dot) : name;
  }

  /** What {@code /files} says a file is (RFC 6713 for compressed ones). */
  public static String served(String name) {
    if (name.endsWith(".ipynb")) {
      return "application/x-ipynb+json";
    }
    Guess guess = guess(name);
    if (guess.encoding() != null) {
      return guess.encoding().equals("gzip") ? "application/gzip" : "application/octet-stream";
    }
    if (guess.type() == null) {
      return "application/octet-stream";
    }
    return guess.type().equals("text/plain") ? "text/plain; charset=UTF-8" : guess.type();
  }

  private static Map<String, String> load() {
    Map<String, String> types = new HashMap<>();
    try (InputStream table = MimeTypes.class.getResourceAsStream("mime.types")) {
      if (table == null) {
        throw new IllegalStateException("the jar lacks its table of MIME types");
      }
      add(types, table);
    } catch (IOException e) {
      throw new IllegalStateException("the jar's table of MIME types cannot be read", e);
    }
    try (InputStream system = Files.newInputStream(SYSTEM)) {
      add(types, system);
    } catch (IOException e) {
      // Many systems have none; the table has what matters.
    }
    // What pages need, whatever a system's file says (jupyter_server does the same).
    types.put(".css", "text/css");
    types.put(".js", "application/javascript");
    return types;
  }

  private static void add(Map<String, String> types, InputStream table) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int comment = line.indexOf('#');
      String rest = comment < 0 ? line : line.substring(0, comment);
      List<String> words = List.of(rest.strip().split("\\s+", -1));
      for (String ending : words.subList(1, words.size())) {
        types.put("." + ending, words.getFirst());
      }
    }
  }
}
