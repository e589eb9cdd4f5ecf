package dev.penstock.gateway.notebook;

import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** How a notebook's cells say what they answer. */
public interface Annotations {
  /** Whether a code cell is part of an endpoint, and so not of the seed. */
  boolean isAnnotated(String source);

  /**
   * The endpoints, in the order in which they are tried.
   *
   * @throws IOException if an annotation cannot be understood: which
   */
  List<NotebookEndpoint> endpoints() throws IOException;

  /** The API as a Swagger 2.0 document. */
  ObjectNode swagger();

  /**
   * The annotations of a notebook.
   *
   * @param swagger whether cells name operations of a Swagger document in a markdown cell, in place
   *     of methods and paths
   */
  static Annotations of(SeedNotebook notebook, boolean swagger) {
    return swagger ? new OperationAnnotations(notebook) : new PathAnnotations(notebook);
  }
}
