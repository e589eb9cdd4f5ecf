package dev.penstock.gateway.notebook;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Cells that begin with {@code # operationId: x} or {@code # ResponseInfo operationId: x}, x being
 * an operation of the Swagger document in a markdown cell's first block of code (NBH-05).
 */
final class OperationAnnotations implements Annotations {
  private static final Pattern BLOCK =
      Pattern.compile("^```[^\\n]*\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

  private final SeedNotebook notebook;
  private final Pattern operation;
  private final Pattern response;
  private final ObjectNode document;

  OperationAnnotations(SeedNotebook notebook) {
    this.notebook = notebook;
    this.operation = Comments.pattern(notebook.language(), "\\s*operationId:\\s*(.*)");
    this.response =
        Comments.pattern(notebook.language(), "\\s*ResponseInfo\\s+operationId:\\s*(.*)");
    this.document = document(notebook);
  }

  private static ObjectNode document(SeedNotebook notebook) {
    ObjectNode document = Json.object();
    for (SeedNotebook.Cell cell : notebook.cells()) {
      ObjectNode found = cell.type().equals("markdown") ? json(cell.source()) : Json.object();
      if (found.has("swagger")) {
        document.setAll(found);
      }
    }
    return document;
  }

  /** The first block of code, or all of it; empty where that is no JSON. */
  private static ObjectNode json(String markdown) {
    Matcher block = BLOCK.matcher(markdown);
    String text = block.find() ? block.group(1) : markdown;
    try {
      return Json.readObject(text.getBytes(StandardCharsets.UTF_8));
    } catch (JsonLineException e) {
      return Json.object(); // most markdown is for people
    }
  }

  @Override
  public boolean isAnnotated(String source) {
    return operation.matcher(source).lookingAt() || response.matcher(source).lookingAt();
  }

  @Override
  public List<NotebookEndpoint> endpoints() throws IOException {
    Map<String, String> sources = sources(operation);
    Map<String, String> responses = sources(response);
    List<NotebookEndpoint> found = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(verb -> {
                  String id = Json.text(verb.getValue(), "operationId");
                  String source = id == null ? null : sources.remove(id);
                  if (source != null) {
                    found.add(
                        new NotebookEndpoint(
                            verb.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            template(path.getKey(), verb.getValue()),
                            source,
                            responses.get(id)));
                  }
                }));
    if (!sources.isEmpty()) {
      throw new IOException(
          "the seed notebook has cells for the operation %s, which no Swagger document in it declares"
              .formatted(sources.keySet().iterator().next()));
    }
    found.sort(Comparator.comparingInt(NotebookEndpoint::parameterDepth).reversed());
    return found;
  }

  private Map<String, String> sources(Pattern annotation) {
    Map<String, String> sources = new LinkedHashMap<>();
    for (String source : notebook.code()) {
      Matcher match = annotation.matcher(source);
      if (match.lookingAt()) {
        sources.merge(match.group(1).strip(), source + "\n", String::concat);
      }
    }
    return sources;
  }

  /** Parameters that the path does not show are behind it, as with kernel_gateway. */
  private static String template(String path, JsonNode operation) {
    StringBuilder template = new StringBuilder(path);
    for (JsonNode parameter : operation.path("parameters")) {
      String name = Json.text(parameter, "name");
      boolean inPath = parameter.path("in").asString("path").equals("path");
      if (inPath && name != null && !path.contains("{" + name + "}")) {
        template.append("/{").append(name).append('}');
      }
    }
    return template.toString();
  }

  @Override
  public ObjectNode swagger() {
    return document.deepCopy();
  }
}
