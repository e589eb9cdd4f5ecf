package dev.penstock.gateway.kernels;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.session.Request;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which cell a request was of, for the latest requests: front ends say it in the request's metadata
 * ({@code cellId}), and answers do not repeat it. Thread-safe.
 */
public final class Cells {
  private static final int MOST = 4096;

  /** nbformat has ids of at most 64 characters; nobody need remember what is no id. */
  private static final int LONGEST = 256;

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
    String cell = cell(request.message().metadata());
    String id = request.header().msgId();
    if (cell != null && cell.length() <= LONGEST && id.length() <= LONGEST) {
      synchronized (this) {
        cells.put(id, cell);
      }
    }
  }

  private static @Nullable String cell(byte[] metadata) {
    try {
      return Json.text(Json.readObject(metadata), "cellId");
    } catch (JsonLineException e) {
      // The worker says what is wrong with it; it names no cell.
      return null;
    }
  }

  /** The cell whose request has this msg_id; null if it is not known (any more). */
  public synchronized @Nullable String find(String msgId) {
    return cells.get(msgId);
  }
}
