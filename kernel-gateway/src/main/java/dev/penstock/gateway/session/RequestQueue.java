package dev.penstock.gateway.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for the worker: those of control before those of shell (SH-05), each in order
 * of arrival (SH-02). Belongs to the session's owner thread.
 */
final class RequestQueue {
  private final Deque<Request> control = new ArrayDeque<>();
  private final Deque<Request> shell = new ArrayDeque<>();

  /** Execute requests that are answered "aborted" when their turn comes. */
  private final Set<Request> aborted = Collections.newSetFromMap(new IdentityHashMap<>());

  void addControl(Request request) {
    control.addLast(request);
  }

  void addShell(Request request) {
    shell.addLast(request);
  }

  @Nullable Request peek() {
    Request first = control.peekFirst();
    return first != null ? first : shell.peekFirst();
  }

  /** Removes what {@link #peek} gave. */
  void removeFirst() {
    if (control.pollFirst() == null) {
      shell.removeFirst();
    }
  }

  /**
   * Marks every execute request that waits now: an earlier one failed with stop_on_error (SH-15).
   */
  void abortExecutes() {
    for (Request request : shell) {
      if (request.type().equals("execute_request")) {
        aborted.add(request);
      }
    }
  }

  /** Removes and returns everything that waits, in order. */
  List<Request> clear() {
    List<Request> all = new ArrayList<>(control);
    all.addAll(shell);
    control.clear();
    shell.clear();
    aborted.clear();
    return all;
  }

  /** Whether this request was marked. */
  boolean isAborted(Request request) {
    return aborted.contains(request);
  }

  /** Whether this request was marked; forgets the mark. */
  boolean takeAborted(Request request) {
    return aborted.remove(request);
  }
}
