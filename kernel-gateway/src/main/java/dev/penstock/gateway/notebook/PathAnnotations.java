package dev.penstock.gateway.notebook;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * Cells that begin with {@code # GET /hello/:person} (NBH-01), and with {@code # ResponseInfo GET
 * /hello/:person} (NBH-04).
 */
final class PathAnnotations implements Annotations {
  private static final String CALL = "(GET|PUT|POST|DELETE)\\s+(/.*)";
  private static final Pattern PARAMETER = Pattern.compile(":([^/\\s]*)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

  private final SeedNotebook notebook;
  private final Pattern endpoint;
  private final Pattern response;

  private record Key(String method, String path) {}

  PathAnnotations(SeedNotebook notebook) {
    this.notebook = notebook;
    this.endpoint = Comments.pattern(notebook.language(), "\\s+" + CALL);
    this.response = Comments.pattern(notebook.language(), "\\s+ResponseInfo\\s+" + CALL);
  }

  @Override
  public boolean isAnnotated(String source) {
    return endpoint.matcher(source).lookingAt() || response.matcher(source).lookingAt();
  }

  @Override
  public List<NotebookEndpoint> endpoints() throws IOException {
    Map<Key, String> responses = sources(response);
    List<NotebookEndpoint> found = new ArrayList<>();
    for (Map.Entry<Key, String> cells : sources(endpoint).entrySet()) {
      Key key = cells.getKey();
      found.add(
          new NotebookEndpoint(
              key.method, key.path, template(key), cells.getValue(), responses.get(key)));
    }
    found.sort(Comparator.comparingInt(NotebookEndpoint::parameterDepth).reversed());
    return found;
  }

  private Map<Key, String> sources(Pattern annotation) {
    Map<Key, String> sources = new LinkedHashMap<>();
    for (String source : notebook.code()) {
      Matcher match = annotation.matcher(source);
      if (match.lookingAt()) {
        Key key = new Key(match.group(1), match.group(2).strip());
        sources.merge(key, source + "\n", String::concat);
      }
    }
    return sources;
  }

  private static String template(Key key) throws IOException {
    Matcher match = PARAMETER.matcher(key.path);
    StringBuilder template = new StringBuilder();
    while (match.find()) {
      if (!NAME.matcher(match.group(1)).matches()) {
        throw new IOException(
            "the seed notebook has '%s %s': a parameter's name is letters, digits and _"
                .formatted(key.method, key.path));
      }
      match.appendReplacement(template, "{" + match.group(1) + "}");
    }
    return match.appendTail(template).toString();
  }

  @Override
  public ObjectNode swagger() {
    ObjectNode document = Json.object().put("swagger", "2.0");
    ObjectNode paths = document.putObject("paths");
    for (Key key : sources(endpoint).keySet()) {
      paths
          .withObjectProperty(key.path)
          .putObject(key.method.toLowerCase(Locale.ROOT))
          .putObject("responses")
          .putObject("200")
          .put("description", "Success");
    }
    document.putObject("info").put("version", "0.0.0").put("title", notebook.name());
    return document;
  }
}
