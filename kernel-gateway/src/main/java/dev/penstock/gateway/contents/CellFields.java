package dev.penstock.gateway.contents;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Where fields of cells are in a notebook's bytes. For one thread. */
final class CellFields {
  private final byte[] file;
  private final Set<String> names;
  private final List<Field> found = new ArrayList<>();

  /**
   * A field's value.
   *
   * @param cell the cell's number
   * @param start of the value's first byte
   * @param end after its last byte
   * @param indent what is before the name in its line; null if that is not only blanks
   */
  record Field(int cell, String name, int start, int end, @Nullable String indent) {}

  private CellFields(byte[] file, Set<String> names) {
    this.file = file;
    this.names = names;
  }

  /** Fields of these cells, in the order of the file, which is JSON. */
  static List<Field> find(byte[] file, List<Integer> cells, Set<String> names) {
    CellFields fields = new CellFields(file, names);
    try (JsonParser parser = Notebook.JSON.createParser(ObjectReadContext.empty(), file)) {
      parser.nextToken();
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        parser.nextToken();
        if (name.equals("cells")) {
          fields.cells(parser, cells);
        } else {
          parser.skipChildren();
        }
      }
    }
    return fields.found;
  }

  private void cells(JsonParser parser, List<Integer> wanted) {
    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
      if (wanted.contains(i)) {
        cell(parser, i);
      } else {
        parser.skipChildren();
      }
    }
  }

  private void cell(JsonParser parser, int number) {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      int at = offset(parser);
      JsonToken token = parser.nextToken();
      int start = offset(parser);
      parser.skipChildren();
      // No such field is a text; one that is will be seen to be missing.
      if (names.contains(name) && token != JsonToken.VALUE_STRING) {
        int end = token.isScalarValue() ? start + parser.getString().length() : offset(parser) + 1;
        found.add(new Field(number, name, start, end, indent(at)));
      }
    }
  }

  private static int offset(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private @Nullable String indent(int at) {
    int start = at;
    while (start > 0 && (file[start - 1] == ' ' || file[start - 1] == '\t')) {
      start--;
    }
    if (start == 0 || file[start - 1] != '\n') {
      return null;
    }
    return new String(file, start, at - start, StandardCharsets.US_ASCII);
  }
}
