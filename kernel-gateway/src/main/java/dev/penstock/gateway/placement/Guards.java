package dev.penstock.gateway.placement;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLines;
import dev.penstock.gateway.session.Session;
import dev.penstock.gateway.session.SessionTable;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The guards that are connected (docs/local-sockets.md, "Guard"). Thread-safe. */
public final class Guards {
  private final WorkerStart starts;
  private final SessionTable table;
  private final Map<String, Guard> waiting = new ConcurrentHashMap<>();
  private final Set<Guard> connected = ConcurrentHashMap.newKeySet();

  /**
   * No guards yet.
   *
   * @param table forgets sessions whose owner is gone
   */
  public Guards(WorkerStart starts, SessionTable table) {
    this.starts = starts;
    this.table = table;
  }

  /**
   * Serves a guard that has just introduced itself, until its connection ends.
   *
   * @param hello its {@code guard} request
   * @param lines its connection
   * @throws IOException if the connection ends before it was answered
   */
  public void serve(ObjectNode hello, JsonLines lines) throws IOException {
    String name = hello.path("name").asString("");
    String pidNamespace = hello.path("pid_namespace").asString("");
    Guard guard =
        new Guard(
            new Guard.Identity(Json.integer(hello, "pid", 0), pidNamespace), lines, starts, table);
    waiting.put(name, guard);
    connected.add(guard);
    try {
      lines.write(Json.object().put("ok", true));
      guard.keeper().serve();
    } finally {
      waiting.remove(name, guard);
      connected.remove(guard);
    }
  }

  /**
   * The place that a guard is. Each can be taken once.
   *
   * @param name the name it introduced itself with, known to its client only
   * @param reason why its client started it, for people
   * @return null if there is no such guard
   */
  public @Nullable Placement take(String name, String reason) {
    Guard guard = waiting.remove(name);
    if (guard != null) {
      guard.explain(reason);
    }
    return guard;
  }

  /** Whether a session's worker is a guard's child. */
  public boolean hold(Session session) {
    return connected.stream().anyMatch(guard -> guard.guards(session));
  }
}
