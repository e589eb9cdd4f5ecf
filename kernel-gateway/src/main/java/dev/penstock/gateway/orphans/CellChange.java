package dev.penstock.gateway.orphans;

import dev.penstock.gateway.contents.NotebookChange;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.Execution;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Gives a notebook's cell the outputs of its execution, if its source is still what ran and nobody
 * has the notebook open. For one thread.
 */
final class CellChange implements NotebookChange {
  private final Execution execution;
  private final CellRun run;
  private final BooleanSupplier held;

  /** Why the file stays as it is, so far. */
  private Outcome outcome = Outcome.FAILED;

  CellChange(Execution execution, CellRun run, BooleanSupplier held) {
    this.execution = execution;
    this.run = run;
    this.held = held;
  }

  @Override
  public @Nullable ObjectNode apply(ObjectNode notebook) {
    Optional<ObjectNode> cell = find(notebook);
    if (cell.isEmpty()) {
      outcome = Outcome.NO_CELL;
    } else if (!execution.code().equals(Json.text(cell.get(), "source"))) {
      outcome = Outcome.SOURCE_CHANGED;
    } else if (!isStillWanted()) {
      outcome = Outcome.HELD;
    } else {
      outcome = Outcome.FAILED;
      cell.get().set("outputs", run.outputs());
      cell.get().set("execution_count", run.count());
      return notebook;
    }
    return null;
  }

  private Optional<ObjectNode> find(ObjectNode notebook) {
    for (JsonNode node : notebook.path("cells")) {
      if (node instanceof ObjectNode cell
          && "code".equals(Json.text(cell, "cell_type"))
          && execution.cellId().equals(Json.text(cell, "id"))) {
        return Optional.of(cell);
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean isStillWanted() {
    return !held.getAsBoolean();
  }

  /** Why the file was not written, if it was not. */
  Outcome outcome() {
    return outcome;
  }
}
