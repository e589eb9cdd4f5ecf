package dev.penstock.gateway.contents;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What the server wants to be different in a notebook's file. */
@FunctionalInterface
public interface NotebookChange {
  /**
   * Makes the change; called again if the file has changed meanwhile.
   *
   * @param notebook as the file has it, with texts joined
   * @return what is to be written; null to leave the file as it is
   */
  @Nullable ObjectNode apply(ObjectNode notebook);

  /** Asked when the new file is complete, and before it takes the name. */
  default boolean isStillWanted() {
    return true;
  }
}
