package dev.penstock.gateway.pathview;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.Endpoint;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The routes of PathView's API. Thread-safe. */
public final class PathviewApi {
  private static final long LIMIT_S = 10;

  private final PathviewSessions sessions;

  /** An API over these sessions. */
  public PathviewApi(PathviewSessions sessions) {
    this.sessions = sessions;
  }

  /** A route whose errors are PathView's. */
  @FunctionalInterface
  private interface Route {
    Answer answer(Call call) throws Asked.Refusal, HttpException, IOException, InterruptedException;
  }

  /** Adds the paths. */
  public void addTo(Routes routes) {
    CodeRoutes code = new CodeRoutes(sessions);
    StreamRoutes streams = new StreamRoutes(sessions);
    routes
        .addOpen("GET", "/api/health", _ -> Answer.ok(Json.object().put("status", "ok")))
        .add("POST", "/api/init", of(code::init))
        .add("POST", "/api/exec", of(code::exec))
        .add("POST", "/api/eval", of(code::eval))
        .add("POST", "/api/interrupt", ofNothing(this::interrupt))
        .add("POST", "/api/stream", of(streams::events))
        .add("POST", "/api/stream/start", of(streams::start))
        .add("POST", "/api/stream/poll", ofNothing(streams::poll))
        .add("POST", "/api/stream/exec", of(streams::exec))
        .add("POST", "/api/stream/stop", ofNothing(streams::stop))
        .add("DELETE", "/api/session", ofNothing(this::end));
  }

  private static Endpoint of(Route route) {
    return call -> {
      try {
        return route.answer(call);
      } catch (Asked.Refusal e) {
        return e.answer();
      }
    };
  }

  /** A route that needs no body: one that comes is read, or the connection could not go on. */
  private static Endpoint ofNothing(Route route) {
    return of(call -> {
      byte[] _ = call.body();
      return route.answer(call);
    });
  }

  private Answer end(Call call) throws Asked.Refusal {
    sessions.end(Asked.plainSession(call));
    return Answer.ok(Json.object().put("status", "terminated"));
  }

  private Answer interrupt(Call call) throws Asked.Refusal, HttpException, InterruptedException {
    PathviewSession session = sessions.enterKnown(Asked.plainSession(call));
    if (session == null) {
      throw new Asked.Refusal(404, Messages.plainError("No active session"));
    }
    try {
      session.interrupt().get(LIMIT_S, TimeUnit.SECONDS);
      return Answer.ok(Json.object().put("status", "interrupted"));
    } catch (ExecutionException | TimeoutException e) {
      throw new HttpException(500, "The session cannot be interrupted: " + e.getMessage());
    } finally {
      session.leave();
    }
  }
}
