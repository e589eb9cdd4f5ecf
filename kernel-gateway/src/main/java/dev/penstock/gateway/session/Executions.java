package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The execute requests in flight: those that came and whose {@code idle} was not said yet; and the
 * last one of each cell that is over. A page that was loaded meanwhile finds its cells by them.
 * Thread-safe.
 */
public final class Executions {
  private static final String TYPE = "execute_request";

  /** More than a notebook has cells; the oldest are left out. */
  private static final int MOST = 4096;

  /** {@code from} of a request whose turn has not come. */
  private static final long WAITS = -1;

  private final Clock clock;

  /** By the request's msg_id. */
  private final Map<String, Execution> inFlight = latest();

  /** By cell. */
  private final Map<String, Ended> ended = latest();

  /**
   * One of them.
   *
   * @param from number of the first log entry that may be about it
   */
  private record Execution(Request request, long from) {}

  private record Ended(String msgId, String session, long from, Instant at) {}

  /** Executions that are over at the time of this clock. */
  public Executions(Clock clock) {
    this.clock = clock;
  }

  /** A request comes; others than execute requests are let pass. */
  public synchronized void requested(Request request) {
    if (request.type().equals(TYPE)) {
      inFlight.put(request.header().msgId(), new Execution(request, WAITS));
    }
  }

  /**
   * The turn of the request with this msg_id has come.
   *
   * @param next the number that the next log entry will get: to be told before its busy is logged
   */
  public synchronized void began(String msgId, long next) {
    inFlight.computeIfPresent(msgId, (_, waiting) -> new Execution(waiting.request(), next));
  }

  /** The request with this msg_id is done. */
  public synchronized void ended(String msgId) {
    Execution over = inFlight.remove(msgId);
    if (over != null && over.from() != WAITS) {
      keep(msgId, over);
    }
  }

  private void keep(String msgId, Execution over) {
    String cell = CellIds.of(over.request());
    if (cell != null) {
      ended.remove(cell); // the latest is the last
      String session = over.request().header().session();
      ended.put(cell, new Ended(msgId, session, over.from(), clock.instant()));
    }
  }

  /** The process is over, and with it what it ran; what waits may be for the next one. */
  public synchronized void reset() {
    inFlight
        .entrySet()
        .removeIf(entry -> {
          boolean ran = entry.getValue().from() != WAITS;
          if (ran) {
            keep(entry.getKey(), entry.getValue());
          }
          return ran;
        });
  }

  /** No other process follows: nothing that waits will run. */
  public synchronized void over() {
    reset();
    inFlight.clear();
  }

  /**
   * {@code {"executions": [{"msg_id", "cell_id", "session", "state", "from"}], "ended": [{"msg_id",
   * "cell_id", "session", "from", "at"}], "next"}}, in the order in which they came and ended:
   * {@code session} is the one of the client that sent it, {@code state} is {@code running} or
   * {@code waiting}, {@code cell_id} null if it is not known, {@code from} the number of the log
   * entry from which on there may be something about it, {@code at} when it ended (ISO 8601, UTC).
   *
   * @param next the number that the next log entry will get: to be asked for before this is called,
   *     so that a request that waits now begins after it
   */
  public synchronized ObjectNode tell(long next) {
    ObjectNode told = Json.object();
    ArrayNode list = told.putArray("executions");
    inFlight.forEach((msgId, execution) -> {
      boolean waits = execution.from() == WAITS;
      list.addObject()
          .put("msg_id", msgId)
          .put("cell_id", CellIds.of(execution.request()))
          .put("session", execution.request().header().session())
          .put("state", waits ? "waiting" : "running")
          .put("from", waits ? next : execution.from());
    });
    ArrayNode over = told.putArray("ended");
    ended.forEach((cell, one) ->
        over.addObject()
            .put("msg_id", one.msgId())
            .put("cell_id", cell)
            .put("session", one.session())
            .put("from", one.from())
            .put("at", one.at().toString()));
    return told.put("next", next);
  }

  private static <V> Map<String, V> latest() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MOST;
      }
    };
  }
}
