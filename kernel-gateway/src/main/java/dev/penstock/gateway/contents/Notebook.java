package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Notebooks between files and models (nbformat 4; docs "The Notebook file format"). */
final class Notebook {
  private static final int MAJOR = 4;
  private static final int MINOR = 5;

  /** From this minor version of nbformat 4 on, cells have ids. */
  private static final int MINOR_WITH_IDS = 5;

  private static final int RANDOM_ID_BYTES = 4;
  private static final int SHOWN = 60;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** NaN and infinities are not JSON, but Python reads and writes them, and plots have them. */
  static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private static final JsonMapper MAPPER = JsonMapper.builder(JSON).build();

  private Notebook() {}

  /** A new notebook without cells. */
  static ObjectNode empty() {
    ObjectNode notebook = Json.object();
    notebook.putArray("cells");
    notebook.putObject("metadata");
    return notebook.put("nbformat", MAJOR).put("nbformat_minor", MINOR);
  }

  /**
   * Reads a file's bytes: texts joined, cells with ids where the format has them.
   *
   * @throws ContentsException 400 if they are not a notebook of nbformat 4
   */
  static ObjectNode read(byte[] bytes, ApiPath path) throws ContentsException {
    ObjectNode notebook = parse(bytes, path);
    String problem = problem(notebook);
    if (problem != null) {
      throw new ContentsException(400, "Unreadable Notebook: " + path + " " + problem);
    }
    Lines.join(notebook);
    stripTransient(notebook);
    repairIds(notebook);
    return notebook;
  }

  private static ObjectNode parse(byte[] bytes, ApiPath path) throws ContentsException {
    String text = Content.text(bytes);
    if (text == null) {
      throw new ContentsException(400, path + " is not UTF-8 encoded");
    }
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode notebook) {
        return notebook;
      }
      throw unreadable(path, text, null);
    } catch (JacksonException e) {
      throw unreadable(path, text, e);
    }
  }

  private static ContentsException unreadable(
      ApiPath path, String text, @Nullable JacksonException cause) {
    String start = text;
    if (text.length() > SHOWN) {
      // Not through the middle of a letter that takes two chars.
      int end = Character.isHighSurrogate(text.charAt(SHOWN - 1)) ? SHOWN - 1 : SHOWN;
      start = text.substring(0, end) + "...";
    }
    return new ContentsException(
        400,
        "Unreadable Notebook: " + path + " Notebook does not appear to be JSON: '" + start + "'",
        cause);
  }

  /** Why a notebook can neither be served nor saved, null if it can. */
  static @Nullable String problem(ObjectNode notebook) {
    long major = Json.integer(notebook, "nbformat", 1);
    if (major < MAJOR) {
      return "is of nbformat "
          + major
          + ", which is not supported: convert it with"
          + " jupyter nbconvert --to notebook --nbformat 4";
    }
    if (major > MAJOR) {
      return "is of nbformat " + major + ", which is not known";
    }
    if (!(notebook.get("metadata") instanceof ObjectNode)) {
      return "is missing an expected key: metadata";
    }
    return notebook.get("cells") instanceof ArrayNode ? null : "is missing an expected key: cells";
  }

  /**
   * The bytes of the file that a notebook is saved as; the notebook is left with ids for its cells
   * and without transient metadata.
   */
  static byte[] write(ObjectNode notebook) {
    repairIds(notebook);
    stripTransient(notebook);
    ObjectNode file = notebook.deepCopy();
    Lines.split(file);
    return (PythonJson.write(file) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Removes what is never stored: trust is a matter of this machine, not of the file. */
  private static void stripTransient(ObjectNode notebook) {
    if (notebook.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove(List.of("orig_nbformat", "orig_nbformat_minor", "signature"));
    }
    for (ObjectNode cell : Lines.objects(notebook.get("cells"))) {
      if (cell.get("metadata") instanceof ObjectNode metadata) {
        metadata.remove("trusted");
      }
    }
  }

  /** Gives an id to each cell that has none, or that of an earlier cell, if the format has ids. */
  private static void repairIds(ObjectNode notebook) {
    if (Json.integer(notebook, "nbformat_minor", 0) < MINOR_WITH_IDS) {
      return;
    }
    Set<JsonNode> seen = new HashSet<>();
    for (ObjectNode cell : Lines.objects(notebook.get("cells"))) {
      JsonNode id = cell.get("id");
      if (id == null || !seen.add(id)) {
        seen.add(cell.put("id", randomId()).get("id"));
      }
    }
  }

  private static String randomId() {
    byte[] bytes = new byte[RANDOM_ID_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
