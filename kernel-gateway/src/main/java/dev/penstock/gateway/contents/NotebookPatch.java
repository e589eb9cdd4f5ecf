package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts new outputs and execution counts into a notebook's bytes and leaves all other bytes as they
 * are: order of fields, indentation, numbers as they were written.
 */
final class NotebookPatch {
  private static final Set<String> FIELDS = Set.of("execution_count", "outputs");

  private NotebookPatch() {}

  /**
   * The file's bytes with what has changed.
   *
   * @param file what {@code before} was read from
   * @return null if something else has changed, or a cell's fields are not to be found in the file
   */
  static byte @Nullable [] patched(byte[] file, ObjectNode before, ObjectNode after) {
    List<Integer> cells = changed(before, after);
    if (cells.isEmpty()) {
      return null;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(file.length + (1 << 12));
    int copied = 0;
    for (CellFields.Field field : CellFields.find(file, cells, FIELDS)) {
      JsonNode value = after.path("cells").path(field.cell()).path(field.name());
      if (value.isMissingNode()) {
        return null;
      }
      out.write(file, copied, field.start() - copied);
      out.writeBytes(text(value, field.name(), field.indent()).getBytes(StandardCharsets.UTF_8));
      copied = field.end();
    }
    out.write(file, copied, file.length - copied);
    return out.toByteArray();
  }

  /** Which cells have other outputs or counts; none if anything else is different, too. */
  private static List<Integer> changed(ObjectNode before, ObjectNode after) {
    JsonNode old = before.path("cells");
    JsonNode next = after.path("cells");
    List<Integer> changed = new ArrayList<>();
    ObjectNode rest = before.deepCopy();
    for (int i = 0; i < old.size() && i < next.size(); i++) {
      JsonNode wanted = next.get(i);
      if (!old.get(i).equals(wanted)) {
        changed.add(i);
        if (rest.path("cells").path(i) instanceof ObjectNode cell) {
          FIELDS.forEach(name -> cell.set(name, wanted.path(name)));
        }
      }
    }
    return rest.equals(after) ? changed : List.of();
  }

  /**
   * A value as it stands behind its name.
   *
   * @param indent what is before the name in its line; null if the file is not laid out in lines
   */
  private static String text(JsonNode value, String name, @Nullable String indent) {
    JsonNode lines = split(value, name);
    return indent == null ? lines.toString() : indented(PythonJson.write(lines), indent);
  }

  /** Moves JSON text of one blank for each level to where a cell's field is. */
  private static String indented(String json, String indent) {
    // A cell's fields are in the third level.
    String unit = indent.substring(0, indent.length() / 3);
    StringBuilder text = new StringBuilder();
    // Strings have no line ends of their own: what a line begins with is its depth.
    for (String line : json.lines().toList()) {
      String content = line.stripLeading();
      if (!text.isEmpty()) {
        text.append('\n').append(indent).repeat(unit, line.length() - content.length());
      }
      text.append(content);
    }
    return text.toString();
  }

  /** With texts as lists of lines. */
  private static JsonNode split(JsonNode value, String name) {
    ObjectNode notebook = Json.object();
    ObjectNode cell = notebook.putArray("cells").addObject().put("cell_type", "code");
    cell.set(name, value.deepCopy());
    Lines.split(notebook);
    return cell.path(name);
  }
}
