package dev.penstock.gateway.kernels;

import dev.penstock.gateway.session.CellIds;
import dev.penstock.gateway.session.Request;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which cell a request was of, for the latest requests. Thread-safe. */
public final class Cells {
  private static final int MOST = 4096;

  /** By the request's msg_id. */
  private final Map<String, String> cells =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MOST;
        }
      };

  /** Remembers a request's cell, if it has one. */
  void note(Request request) {
    if (!request.header().msgType().equals("execute_request")) {
      return;
    }
    String cell = CellIds.of(request);
    String id = request.header().msgId();
    if (cell != null && id.length() <= CellIds.LONGEST) {
      synchronized (this) {
        cells.put(id, cell);
      }
    }
  }

  /** The cell whose request has this msg_id; null if it is not known (any more). */
  public synchronized @Nullable String find(String msgId) {
    return cells.get(msgId);
  }
}
