package dev.penstock.gateway.pathview;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.verbs.VerbError;
import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Streams: start, poll, exec, stop, and the older route that sends events. Thread-safe. */
final class StreamRoutes {
  private static final Duration LONG_POLL = Duration.ofMillis(100);

  private final PathviewSessions sessions;

  /** What is answered when a stream has begun. */
  @FunctionalInterface
  private interface Begun {
    Answer answer(JsonNode id, PathviewSession session, PathviewStream stream);
  }

  StreamRoutes(PathviewSessions sessions) {
    this.sessions = sessions;
  }

  Answer start(Call call) throws Asked.Refusal, HttpException, IOException, InterruptedException {
    return begin(
        call,
        (id, _, _) -> {
          ObjectNode started = Json.object().put("status", "started");
          started.set("id", id);
          return Answer.ok(started);
        });
  }

  private Answer begin(Call call, Begun begun)
      throws Asked.Refusal, HttpException, IOException, InterruptedException {
    String name = Asked.session(call);
    ObjectNode body = Asked.body(call);
    JsonNode id = Asked.id(body);
    String expression = Asked.code(body, id, "stream-start", "expr");
    PathviewSession session = sessions.enter(name);
    try {
      return begun.answer(id, session, session.stream(expression, id, Asked.reader(call)));
    } catch (SetupException | KernelException e) {
      return Answer.json(500, Messages.error(String.valueOf(e.getMessage())));
    } finally {
      session.leave();
    }
  }

  Answer poll(Call call) throws Asked.Refusal, InterruptedException {
    PathviewSession session = sessions.enterKnown(Asked.session(call));
    if (session == null) {
      return Answer.ok(Batch.empty(true).json());
    }
    try {
      return Answer.ok(session.poll(Asked.reader(call), LONG_POLL).json());
    } finally {
      session.leave();
    }
  }

  Answer exec(Call call) throws Asked.Refusal, HttpException, IOException, InterruptedException {
    String name = Asked.plainSession(call);
    ObjectNode body = Asked.body(call);
    JsonNode code = body.path("code");
    if (!code.isMissingNode() && !code.isString()) {
      throw new Asked.Refusal(400, Messages.plainError("code has to be a text"));
    }
    PathviewSession session = sessions.enterKnown(name);
    if (session == null) {
      throw new Asked.Refusal(404, Messages.plainError("No active session"));
    }
    try {
      VerbError error = session.inject(code.asString(""));
      return error == null
          ? status("queued")
          : Answer.json(500, Messages.plainError(Messages.text(error)));
    } finally {
      session.leave();
    }
  }

  Answer stop(Call call) throws Asked.Refusal, InterruptedException {
    PathviewSession session = sessions.enterKnown(Asked.plainSession(call));
    if (session != null) {
      try {
        session.stop();
      } finally {
        session.leave();
      }
    }
    return status("stopped");
  }

  /** Starts a stream and sends what it says as events; it ends with its client. */
  Answer events(Call call) throws Asked.Refusal, HttpException, IOException, InterruptedException {
    return begin(
        call,
        (_, session, stream) -> {
          session.enter(); // left when all is written
          return Answer.live(
              "text/event-stream", out -> new StreamEvents(out, session, stream).write());
        });
  }

  private static Answer status(String word) {
    return Answer.ok(Json.object().put("status", word));
  }
}
