package dev.penstock.gateway.contents;

import dev.penstock.gateway.json.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer of {@code /api/resolvePath}: where a path that a kernel printed may be.
 *
 * @param found in which scopes it exists, and as what
 * @param unresolved scopes that could not be asked
 */
public record Resolved(List<Found> found, List<Unresolved> unresolved) {
  /** Copies the lists. */
  public Resolved {
    found = List.copyOf(found);
    unresolved = List.copyOf(unresolved);
  }

  /**
   * A path that exists.
   *
   * @param scope {@code server}, with an API path, or {@code kernel}, with an absolute one
   */
  public record Found(String scope, String path) {}

  /**
   * A scope that could not be asked.
   *
   * @param reason one line for people
   */
  public record Unresolved(String scope, String reason) {}

  /** The same, and a kernel that does not exist. */
  public Resolved withoutKernel(String id) {
    List<Unresolved> more = new ArrayList<>(unresolved);
    more.add(new Unresolved("kernel", "Kernel " + id + " could not be found"));
    return new Resolved(found, more);
  }

  /** The body: {@code resolved}, and {@code unresolved} unless it is empty. */
  public ObjectNode json() {
    ObjectNode body = Json.object();
    ArrayNode resolved = body.putArray("resolved");
    found.forEach(one -> resolved.addObject().put("scope", one.scope()).put("path", one.path()));
    if (!unresolved.isEmpty()) {
      ArrayNode rest = body.putArray("unresolved");
      unresolved.forEach(
          one -> rest.addObject().put("scope", one.scope()).put("reason", one.reason()));
    }
    return body;
  }
}
