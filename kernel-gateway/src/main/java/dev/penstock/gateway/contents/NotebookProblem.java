package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds what is wrong with a notebook by nbformat's schemas 4.0 to 4.5: fields that lack or are too
 * many, and their types. A notebook of a later minor version may have fields, cells and outputs
 * that are not known here. The first problem is told, which front ends show beside the notebook.
 */
final class NotebookProblem {
  private static final int NEWEST_MINOR = 5;
  private static final Pattern CELL_ID = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final Set<String> NOTEBOOK =
      Set.of("metadata", "nbformat_minor", "nbformat", "cells");
  private static final Set<String> TEXT_CELL = Set.of("cell_type", "metadata", "source");
  private static final Set<String> CODE_CELL =
      Set.of("cell_type", "metadata", "source", "outputs", "execution_count");

  /** Fields of each output, all of them required. */
  private static final Map<String, Set<String>> OUTPUTS =
      Map.of(
          "execute_result", Set.of("output_type", "data", "metadata", "execution_count"),
          "display_data", Set.of("output_type", "data", "metadata"),
          "stream", Set.of("output_type", "name", "text"),
          "error", Set.of("output_type", "ename", "evalue", "traceback"));

  private final boolean isNewer;
  private final boolean hasIds;
  private @Nullable String problem;

  private NotebookProblem(long minor) {
    isNewer = minor > NEWEST_MINOR;
    hasIds = minor >= NEWEST_MINOR;
  }

  /** The message of a model with a notebook that breaks the schema, null if it keeps it. */
  static @Nullable String find(ObjectNode notebook) {
    NotebookProblem search = new NotebookProblem(Json.integer(notebook, "nbformat_minor", 0));
    search.notebook(notebook);
    return search.problem;
  }

  private void notebook(ObjectNode notebook) {
    fields(notebook, "", NOTEBOOK, Set.of());
    is(notebook, "nbformat_minor", "", JsonNode::isIntegralNumber, "is not of type 'integer'");
    String at = "['metadata']";
    if (Json.child(notebook, "metadata").get("kernelspec") instanceof ObjectNode kernelspec) {
      required(kernelspec, at + "['kernelspec']", Set.of("display_name", "name"));
    }
    if (Json.child(notebook, "metadata").get("language_info") instanceof ObjectNode language) {
      required(language, at + "['language_info']", Set.of("name"));
    }
    int index = 0;
    for (JsonNode cell : notebook.path("cells")) {
      cell(cell, "['cells'][" + index++ + "]");
    }
  }

  private void cell(JsonNode cell, String at) {
    String type = Json.text(cell, "cell_type");
    boolean isCode = "code".equals(type);
    if (!isCode && !"markdown".equals(type) && !"raw".equals(type)) {
      check(isNewer && type != null, cell, at, "is not a cell of a known type");
      return;
    }
    fields(cell, at, isCode ? CODE_CELL : TEXT_CELL, isCode ? Set.of() : Set.of("attachments"));
    if (hasIds) {
      is(
          cell,
          "id",
          at,
          id -> id.isString() && CELL_ID.matcher(id.stringValue()).matches(),
          "does not match '^[a-zA-Z0-9-_]+$'");
    }
    is(cell, "metadata", at, JsonNode::isObject, "is not of type 'object'");
    is(cell, "source", at, NotebookProblem::isText, "is not a text");
    is(cell, "execution_count", at, NotebookProblem::isCount, "is not of type 'integer', 'null'");
    is(cell, "outputs", at, JsonNode::isArray, "is not of type 'array'");
    for (Map.Entry<String, JsonNode> attachment : cell.path("attachments").properties()) {
      bundle(attachment.getValue(), at + "['attachments']['" + attachment.getKey() + "']");
    }
    int index = 0;
    for (JsonNode output : cell.path("outputs")) {
      output(output, at + "['outputs'][" + index++ + "]");
    }
  }

  private void output(JsonNode output, String at) {
    String type = Json.text(output, "output_type");
    Set<String> known = type == null ? null : OUTPUTS.get(type);
    if (known == null) {
      check(isNewer && type != null, output, at, "is not an output of a known type");
      return;
    }
    fields(output, at, known, Set.of());
    is(output, "metadata", at, JsonNode::isObject, "is not of type 'object'");
    is(output, "execution_count", at, NotebookProblem::isCount, "is not of type 'integer', 'null'");
    is(output, "text", at, NotebookProblem::isText, "is not a text");
    is(output, "traceback", at, NotebookProblem::isTexts, "is not a list of texts");
    for (String name : Set.of("name", "ename", "evalue")) {
      is(output, name, at, JsonNode::isString, "is not of type 'string'");
    }
    if (output.has("data")) {
      bundle(output.path("data"), at + "['data']");
    }
  }

  private void bundle(JsonNode bundle, String at) {
    check(bundle.isObject(), bundle, at, "is not of type 'object'");
    for (String type : bundle.propertyNames()) {
      if (!type.matches("application/(.*\\+)?json")) {
        is(bundle, type, at, NotebookProblem::isText, "is not a text");
      }
    }
  }

  private void fields(JsonNode object, String at, Set<String> required, Set<String> optional) {
    required(object, at, required);
    boolean isCell = at.endsWith("]") && !at.contains("outputs");
    if (isCell && hasIds) {
      required(object, at, Set.of("id"));
    }
    for (String name : object.propertyNames()) {
      boolean known =
          required.contains(name)
              || optional.contains(name)
              || (isCell && hasIds && name.equals("id"));
      if (!known && !isNewer) {
        fail(object, at, "Additional properties are not allowed ('" + name + "' was unexpected)");
      }
    }
  }

  private void required(JsonNode object, String at, Set<String> names) {
    for (String name : new TreeSet<>(names)) {
      if (!object.has(name)) {
        fail(object, at, "'" + name + "' is a required property");
      }
    }
  }

  /** Checks a field, if it is there. */
  private void is(
      JsonNode owner, String field, String at, Predicate<JsonNode> rule, String otherwise) {
    JsonNode value = owner.get(field);
    if (value != null) {
      check(rule.test(value), value, at + "['" + field + "']", otherwise);
    }
  }

  private void check(boolean valid, JsonNode value, String at, String otherwise) {
    if (!valid) {
      fail(value, at, otherwise);
    }
  }

  private void fail(JsonNode value, String at, String reason) {
    if (problem == null) {
      problem =
          "Notebook validation failed: "
              + reason
              + "\n\nOn instance"
              + at
              + ":\n"
              + PythonJson.write(value);
    }
  }

  private static boolean isText(JsonNode node) {
    return node.isString() || isTexts(node);
  }

  private static boolean isTexts(JsonNode node) {
    return node instanceof ArrayNode array && array.valueStream().allMatch(JsonNode::isString);
  }

  private static boolean isCount(JsonNode node) {
    return node.isNull() || (node.isIntegralNumber() && node.longValue() >= 0);
  }
}
