package dev.penstock.gateway.kernels;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.Request;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests of notebooks' cells, from their arrival to the end of what answers them: the reply and
 * the idle status, which come in any order from kernels of other kinds (spec, "Request-Reply").
 * Thread-safe.
 */
final class CellEnds {
  /** More than a notebook has cells; what is older is forgotten. */
  private static final int MOST = 4096;

  private final Cells cells;
  private final Consumer<Execution> ended;

  /** By the request's msg_id. */
  private final Map<String, Open> open =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Open> eldest) {
          return size() > MOST;
        }
      };

  private static final class Open {
    final String cellId;
    final String code;
    final long from;
    boolean replied;
    boolean idle;

    Open(String cellId, String code, long from) {
      this.cellId = cellId;
      this.code = code;
      this.from = from;
    }
  }

  /**
   * None yet.
   *
   * @param cells knows of which cell a request is
   * @param ended told of each that ends, in the thread that logs its end; must not wait
   */
  CellEnds(Cells cells, Consumer<Execution> ended) {
    this.cells = cells;
    this.ended = ended;
  }

  /**
   * A client's request comes, and the cells know it.
   *
   * @param next number of the next log entry
   */
  void requested(Request request, long next) {
    String id = request.header().msgId();
    String cell = request.header().msgType().equals("execute_request") ? cells.find(id) : null;
    String code = cell == null ? null : text(request.message().content(), "code");
    if (cell != null && code != null) {
      synchronized (this) {
        open.put(id, new Open(cell, code, next));
      }
    }
  }

  /** The kernel said something, which has this number in the log. */
  void said(long seq, OutputEntry entry) {
    boolean replied = entry.msgType().equals("execute_reply");
    if (!replied && !entry.msgType().equals("status")) {
      return;
    }
    Execution done = step(seq, entry, replied);
    if (done != null) {
      ended.accept(done);
    }
  }

  private synchronized @Nullable Execution step(long seq, OutputEntry entry, boolean replied) {
    if (open.isEmpty()) {
      return null;
    }
    String id = entry.parentMsgId();
    Open request = open.get(id);
    if (request == null) {
      return null;
    }
    request.replied |= replied;
    request.idle |= !replied && "idle".equals(text(entry.content(), "execution_state"));
    if (!request.replied || !request.idle) {
      return null;
    }
    open.remove(id);
    return new Execution(id, request.cellId, request.code, request.from, seq + 1);
  }

  /** A client ends what runs: those that are open end in no way that is of interest. */
  synchronized void forget() {
    open.clear();
  }

  private static @Nullable String text(byte[] content, String field) {
    try {
      return Json.text(Json.readObject(content), field);
    } catch (JsonLineException e) {
      // A client's or another kernel's mistake: it does not say this.
      return null;
    }
  }
}
