package dev.penstock.gateway.notebook;

import org.jspecify.annotations.Nullable;

/**
 * What is run for calls of one method and path.
 *
 * @param method in capitals
 * @param path as in the notebook
 * @param template the same with {@code {name}} for its parameters
 * @param source all cells with its annotation
 * @param response all cells with its ResponseInfo; null if there are none
 */
record NotebookEndpoint(
    String method, String path, String template, String source, @Nullable String response) {

  /** Depth of the first parameter: paths without one come first, then those with a late one. */
  int parameterDepth() {
    int first = template.indexOf('{');
    return first < 0
        ? Integer.MAX_VALUE
        : (int) template.chars().limit(first).filter(c -> c == '/').count();
  }
}
