package dev.penstock.gateway.control;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.placement.Zygotes;
import dev.penstock.gateway.session.Attachments;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.Logged;
import dev.penstock.gateway.session.OutputEntry;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.session.Session;
import dev.penstock.gateway.session.SessionTable;
import dev.penstock.gateway.session.SessionView;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers that only tell: ping, status, list, output, executions. Thread-safe. */
final class Reports {
  private static final int OUTPUT_LIMIT = 1000;

  private final SessionTable table;
  private final Zygotes zygotes;
  private final Attachments attachments;
  private final About about;

  Reports(SessionTable table, Zygotes zygotes, Attachments attachments, About about) {
    this.table = table;
    this.zygotes = zygotes;
    this.attachments = attachments;
    this.about = about;
  }

  ObjectNode ping() {
    return Json.object()
        .put("ok", true)
        .put("version", about.version())
        .put("pid", ProcessHandle.current().pid())
        .put("keeper_pid", about.keeperPid());
  }

  ObjectNode status() {
    Runtime runtime = Runtime.getRuntime();
    ObjectNode answer =
        ping()
            .put("uptime_s", Duration.between(about.started(), Instant.now()).toSeconds())
            .put("kernels", table.live().size())
            .put("attached", table.live().stream().mapToInt(this::attached).sum())
            .put("heap_mb", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    ArrayNode list = answer.putArray("zygotes");
    for (Zygotes.Zygote zygote : zygotes.all()) {
      list.addObject()
          .put("key", zygote.key())
          .put("pid", zygote.pid())
          .put("python", zygote.python());
    }
    return answer;
  }

  ObjectNode list() {
    ObjectNode answer = Json.object().put("ok", true);
    ArrayNode kernels = answer.putArray("kernels");
    for (Session session : table.all()) {
      describe(session, kernels.addObject());
    }
    return answer;
  }

  private int attached(Session session) {
    return attachments.count(session.spec().connectionFile());
  }

  private void describe(Session session, ObjectNode kernel) {
    SessionView view = session.view();
    kernel
        .put("id", session.spec().id())
        .put("name", session.spec().name())
        .put("state", view.state().name().toLowerCase(Locale.ROOT))
        .put("worker_pid", view.workerPid())
        .put("start", session.startPath())
        .put("reason", session.startReason())
        .put("via", session.spec().via())
        .put("started", view.started().truncatedTo(ChronoUnit.MILLIS).toString())
        .put("cwd", session.spec().cwd())
        .put("connection_file", session.spec().connectionFile())
        .put("attached", attached(session));
    Ending ending = session.ended().getNow(null);
    if (ending == null) {
      kernel.putNull("exit").putNull("cause");
    } else {
      kernel.put("exit", ending.exit()).put("cause", ending.cause());
    }
  }

  /** Which execute requests are in flight, and which ended last. */
  ObjectNode executions(Session session) {
    long next = session.log().next();
    return session.executionsInFlight().tell(next).put("ok", true);
  }

  /** What the kernel said to its clients, from the output log. */
  ObjectNode output(Session session, ObjectNode request) throws ControlException {
    long from = Math.max(0, Json.integer(request, "from", 0));
    int limit = Math.clamp(Json.integer(request, "limit", OUTPUT_LIMIT), 1, OUTPUT_LIMIT);
    ObjectNode answer = Json.object().put("ok", true);
    ArrayNode entries = answer.putArray("entries");
    OutputLog.Slice slice = session.log().read(from, limit);
    for (Logged logged : slice.entries()) {
      OutputEntry entry = logged.entry();
      ObjectNode line =
          entries
              .addObject()
              .put("seq", logged.seq())
              .put("channel", entry.channel().name().toLowerCase(Locale.ROOT))
              .put("msg_type", entry.msgType());
      try {
        line.set("header", Json.readObject(entry.header()));
        line.set("parent", Json.readObject(entry.parentHeader()));
        line.set("metadata", Json.readObject(entry.metadata()));
        line.set("content", Json.readObject(entry.content()));
      } catch (JsonLineException e) {
        throw new ControlException(
            "internal", "an output entry is not JSON: " + e.getMessage(), "");
      }
    }
    return answer.put("next", slice.next()).put("lost", slice.first() - from);
  }
}
