package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.FrameType;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The subshells of a session (JEP 91): made, listed and deleted on control, whatever the main shell
 * does. Belongs to the session's owner thread.
 */
final class Subshells {
  private static final Logger LOG = LoggerFactory.getLogger(Subshells.class);
  private static final String UNKNOWN = "UnknownSubshellError";

  private final Desk desk;
  private final Inbound inbound;
  private final Consumer<Request> began;

  /** Those that clients may use, in the order they were made. */
  private final Map<String, Subshell> open = new LinkedHashMap<>();

  /** Those that have a thread in the worker, or soon will, by number. */
  private final Map<Integer, Subshell> living = new LinkedHashMap<>();

  /** Control requests that came before the worker's control lane was open. */
  private final Deque<Request> early = new ArrayDeque<>();

  private int made;

  Subshells(Desk desk, Inbound inbound, Consumer<Request> began) {
    this.desk = desk;
    this.inbound = inbound;
    this.began = began;
  }

  /** Whether requests of this type are answered here. */
  static boolean own(String msgType) {
    return switch (msgType) {
      case "create_subshell_request", "delete_subshell_request", "list_subshell_request" -> true;
      default -> false;
    };
  }

  /** Those that may have something to do. */
  Collection<Subshell> all() {
    return living.values();
  }

  boolean busy() {
    for (Subshell subshell : living.values()) {
      if (subshell.busy()) {
        return true;
      }
    }
    return false;
  }

  /** A request of a type that is {@link #own}. */
  void control(Request request) {
    if (desk.worker().controllable()) {
      serve(request);
    } else {
      early.addLast(request);
    }
  }

  /** A request on shell whose header names a subshell; an unknown one is told at once (SH-52). */
  void request(String id, Request request) {
    Subshell subshell = open.get(id);
    if (subshell != null) {
      subshell.shell().add(request);
    } else {
      desk.busy(request);
      unknown(request, id);
    }
  }

  void dispatch() {
    while (!early.isEmpty() && desk.worker().controllable()) {
      serve(early.removeFirst());
    }
    for (Subshell subshell : living.values()) {
      subshell.shell().dispatch();
    }
  }

  /** The worker is gone: see {@link Shell#over}. */
  void over(String cause, boolean died) {
    for (Subshell subshell : living.values()) {
      subshell.shell().over(cause, died);
      Request asker = subshell.takeAsker();
      if (asker != null) {
        desk.cutOff(asker, cause);
      }
    }
    early.forEach(request -> desk.refuse(request, cause));
    early.clear();
  }

  /** The shell that a frame is about, null when it is unknown. */
  @Nullable Shell shell(Frame frame) {
    Subshell subshell = living.get(frame.shell());
    return subshell == null ? null : subshell.shell();
  }

  /** The worker has done a request of a subshell. */
  void reply(Frame frame) {
    Subshell subshell = living.get(frame.shell());
    if (subshell == null) {
      LOG.atWarn().addKeyValue("number", frame.number()).log("worker answered for no subshell");
      return;
    }
    boolean deletedBefore = subshell.deleted();
    subshell.shell().reply(frame);
    if (deletedBefore) {
      tell(subshell, "delete");
    }
  }

  /** The worker has made or ended a subshell's thread. */
  void done(Frame frame) {
    Subshell subshell = living.get(frame.shell());
    if (subshell == null) {
      LOG.atWarn().addKeyValue("number", frame.number()).log("worker confirmed no subshell");
      return;
    }
    String failure = failure(frame);
    if (subshell.deleted() || failure != null) {
      living.remove(subshell.number());
    } else {
      open.put(subshell.id(), subshell);
    }
    Request asker = subshell.takeAsker();
    if (asker == null) {
      return;
    }
    if (failure != null) {
      desk.replies().error(asker, "RuntimeError", failure);
    } else if (subshell.deleted()) {
      desk.replies().ok(asker, Json.object());
    } else {
      desk.replies().ok(asker, Json.object().put("subshell_id", subshell.id()));
    }
    desk.idle(asker);
  }

  private void serve(Request request) {
    desk.busy(request);
    switch (request.type()) {
      case "create_subshell_request" -> create(request);
      case "delete_subshell_request" -> delete(request);
      default -> {
        ObjectNode fields = Json.object();
        ArrayNode ids = fields.putArray("subshell_id");
        open.keySet().forEach(ids::add);
        desk.replies().ok(request, fields);
        desk.idle(request);
      }
    }
  }

  private void create(Request request) {
    int number = ++made;
    InFlight inFlight = new InFlight(number, 1, this::send);
    Shell shell = new Shell(desk, inbound, began, inFlight);
    Subshell subshell = new Subshell(UUID.randomUUID().toString(), number, shell);
    living.put(number, subshell);
    subshell.askedBy(request);
    tell(subshell, "create");
  }

  /**
   * What waits in the subshell is answered as if it had come too late; what runs there ends by
   * itself, and the client does not wait for it.
   */
  private void delete(Request request) {
    String id = subshellId(request);
    Subshell subshell = open.remove(id);
    if (subshell == null) {
      unknown(request, id);
      return;
    }
    subshell.delete();
    for (Request late : subshell.shell().clear()) {
      desk.busy(late);
      unknown(late, id);
    }
    if (subshell.busy()) {
      desk.replies().ok(request, Json.object());
      desk.idle(request);
    } else {
      subshell.askedBy(request);
      tell(subshell, "delete");
    }
  }

  private void unknown(Request request, String id) {
    desk.replies().error(request, UNKNOWN, "Unknown subshell_id '" + id + "'");
    desk.idle(request);
  }

  private void tell(Subshell subshell, String op) {
    byte[] json = Json.bytes(Json.object().put("op", op).put("id", subshell.id()));
    send(new Frame(FrameType.SUBSHELL, 0, Frame.number(subshell.number(), 0), List.of(json)));
  }

  /** The owner thread never waits for the worker: what may not fit its socket goes aside. */
  private void send(Frame frame) {
    long bytes = 0;
    for (Subshell subshell : living.values()) {
      bytes += subshell.shell().bytes();
    }
    desk.worker().sendControl(frame, bytes > InFlight.MOST_BYTES);
  }

  private static String subshellId(Request request) {
    try {
      String id = Json.text(Json.readObject(request.message().content()), "subshell_id");
      return id == null ? "" : id;
    } catch (JsonLineException e) {
      // It names no subshell that exists: the client is told so.
      return "";
    }
  }

  private static @Nullable String failure(Frame frame) {
    try {
      return Json.text(Json.readObject(frame.parts().getFirst()), "error");
    } catch (JsonLineException e) {
      return "the worker's confirmation is unreadable: " + e.getMessage();
    }
  }
}
