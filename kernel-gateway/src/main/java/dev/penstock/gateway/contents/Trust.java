package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which notebooks' outputs may run scripts in the browser (nbformat's notary): those that this
 * user's own cells made, or that the user has trusted. A notebook is known by the hash of the file
 * that it would be saved as.
 */
final class Trust {
  private static final Set<String> RICH = Set.of("execute_result", "display_data");

  /** Fields of a rich output that cannot hold a script. */
  private static final Set<String> HARMLESS = Set.of("output_type", "execution_count", "metadata");

  private final Signatures signatures;

  Trust(Signatures signatures) {
    this.signatures = signatures;
  }

  /**
   * Tells in each code cell's metadata whether the notebook is trusted.
   *
   * @param file the bytes it was read from
   */
  void mark(ObjectNode notebook, byte[] file) {
    boolean trusted = isTrusted(notebook, file);
    for (ObjectNode cell : codeCells(notebook)) {
      if (cell.get("metadata") instanceof ObjectNode metadata) {
        metadata.put("trusted", trusted);
      }
    }
  }

  /** Whether a notebook, read from these bytes, is trusted. */
  boolean isTrusted(ObjectNode notebook, byte[] file) {
    // Files that this server or jupyter_server wrote need not be written again to be known.
    return signatures.contains(Content.hash(file))
        || signatures.contains(Content.hash(Notebook.write(notebook)));
  }

  /** Whether a client's notebook has only cells that are trusted or cannot do harm. */
  static boolean cellsAreTrusted(ObjectNode notebook) {
    return codeCells(notebook).stream().allMatch(Trust::cellIsTrusted);
  }

  private static boolean cellIsTrusted(ObjectNode cell) {
    return Json.flag(Json.child(cell, "metadata"), "trusted")
        || Lines.objects(cell.get("outputs")).stream().allMatch(Trust::isHarmless);
  }

  private static boolean isHarmless(ObjectNode output) {
    String type = Json.text(output, "output_type");
    return type == null || !RICH.contains(type) || HARMLESS.containsAll(output.propertyNames());
  }

  private static List<ObjectNode> codeCells(ObjectNode notebook) {
    return Lines.objects(notebook.get("cells")).stream()
        .filter(cell -> "code".equals(Json.text(cell, "cell_type")))
        .toList();
  }

  /** From now on a notebook that is saved as these bytes is trusted. */
  void sign(byte[] file) {
    signatures.add(Content.hash(file));
  }
}
