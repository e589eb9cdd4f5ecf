package dev.penstock.gateway.rest;

import dev.penstock.gateway.kernels.Kernel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which document has which kernel. A session goes with its kernel. Thread-safe. */
public final class SessionBook {
  private final Map<String, NotebookSession> sessions = new LinkedHashMap<>();

  synchronized List<NotebookSession> all() {
    sweep();
    return new ArrayList<>(sessions.values());
  }

  synchronized Optional<NotebookSession> find(String id) {
    sweep();
    return Optional.ofNullable(sessions.get(id));
  }

  /** The session of a document, of whatever type: a path has one. */
  synchronized Optional<NotebookSession> at(String path) {
    sweep();
    return sessions.values().stream().filter(session -> session.path().equals(path)).findFirst();
  }

  /** Paths of the notebooks that have this kernel. */
  synchronized List<String> notebooks(Kernel kernel) {
    return sessions.values().stream()
        .filter(session -> session.kernel().equals(kernel) && session.type().equals("notebook"))
        .map(NotebookSession::path)
        .toList();
  }

  synchronized void put(NotebookSession session) {
    sessions.put(session.id(), session);
  }

  synchronized void remove(String id) {
    sessions.remove(id);
  }

  /** Whether another session than this one uses the kernel. */
  synchronized boolean isShared(Kernel kernel, String id) {
    return sessions.values().stream()
        .anyMatch(other -> other.kernel().equals(kernel) && !other.id().equals(id));
  }

  private void sweep() {
    sessions.values().removeIf(session -> session.kernel().gone().isDone());
  }
}
