package dev.penstock.gateway.notebook;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The notebook that {@code --seed-uri} names (nbformat 4).
 *
 * @param file where it is on this machine
 * @param name of the file that was named, without its endings
 * @param language of its kernel, in small letters; empty if it does not say
 * @param kernel name of its kernelspec; null if it does not say
 */
public record SeedNotebook(
    Path file, String name, String language, @Nullable String kernel, List<Cell> cells) {
  private static final long FORMAT = 4;

  /** A cell; {@code type} is {@code code}, {@code markdown} or {@code raw}. */
  record Cell(String type, String source) {}

  public SeedNotebook {
    cells = List.copyOf(cells);
  }

  /**
   * Reads it.
   *
   * @param uri what the user called it
   * @throws IOException if it is no notebook: in one line
   */
  public static SeedNotebook read(Path file, String uri) throws IOException {
    ObjectNode json;
    try {
      json = Json.readObject(Files.readAllBytes(file));
    } catch (JsonLineException e) {
      throw new IOException("--seed-uri " + uri + " is no notebook: it is not JSON", e);
    } catch (IOException e) {
      throw new IOException("--seed-uri " + uri + " cannot be read", e);
    }
    if (Json.integer(json, "nbformat", 0) != FORMAT || !json.path("cells").isArray()) {
      throw new IOException(
          "--seed-uri " + uri + " is no notebook of format 4: convert it with jupyter nbconvert");
    }
    List<Cell> cells = new ArrayList<>();
    json.path("cells")
        .forEach(cell ->
            cells.add(new Cell(cell.path("cell_type").asString(""), text(cell.path("source")))));
    JsonNode metadata = json.path("metadata");
    String language = metadata.path("language_info").path("name").asString("");
    return new SeedNotebook(
        file,
        name(uri),
        language.toLowerCase(Locale.ROOT),
        Json.text(metadata.path("kernelspec"), "name"),
        cells);
  }

  private static String text(JsonNode source) {
    if (!source.isArray()) {
      return source.asString("");
    }
    StringBuilder text = new StringBuilder();
    source.forEach(line -> text.append(line.asString("")));
    return text.toString();
  }

  private static String name(String uri) {
    String file = uri.substring(uri.lastIndexOf('/') + 1);
    int dot = file.indexOf('.');
    return dot > 0 ? file.substring(0, dot) : file;
  }

  /** Sources of its code cells, in order. */
  public List<String> code() {
    return cells.stream().filter(cell -> cell.type().equals("code")).map(Cell::source).toList();
  }
}
