package dev.penstock.gateway.pathview;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.verbs.VerbError;
import dev.penstock.gateway.verbs.VerbResult;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code init}, {@code exec} and {@code eval}. Thread-safe. */
final class CodeRoutes {
  private final PathviewSessions sessions;

  CodeRoutes(PathviewSessions sessions) {
    this.sessions = sessions;
  }

  /** Something that is done with a session's code. */
  @FunctionalInterface
  private interface Work {
    VerbResult of(PathviewSession session, String code)
        throws SetupException, KernelException, InterruptedException, TimeoutException;
  }

  Answer init(Call call) throws Asked.Refusal, HttpException, IOException, InterruptedException {
    String id = Asked.session(call);
    List<PackageWish> packages = PackageWish.all(Asked.body(call).get("packages"));
    if (packages == null) {
      throw new Asked.Refusal(400, Messages.error("packages has to be a list of objects"));
    }
    PathviewSession session = sessions.enter(id);
    try {
      ObjectNode ready = Messages.ready();
      ready.set("messages", session.init(packages));
      return Answer.ok(ready);
    } catch (SetupException | KernelException e) {
      return Answer.json(500, Messages.error(String.valueOf(e.getMessage())));
    } finally {
      session.leave();
    }
  }

  Answer exec(Call call) throws Asked.Refusal, HttpException, IOException, InterruptedException {
    ObjectNode body = Asked.body(call);
    JsonNode id = Asked.id(body);
    return run(call, id, Asked.code(body, id, "exec", "code"), PathviewSession::execute);
  }

  Answer eval(Call call) throws Asked.Refusal, HttpException, IOException, InterruptedException {
    ObjectNode body = Asked.body(call);
    JsonNode id = Asked.id(body);
    return run(call, id, Asked.code(body, id, "eval", "expr"), PathviewSession::evaluate);
  }

  private Answer run(Call call, JsonNode id, String code, Work work)
      throws Asked.Refusal, InterruptedException {
    PathviewSession session = sessions.enter(Asked.session(call));
    try {
      return answer(work.of(session, code), id);
    } catch (TimeoutException e) {
      ObjectNode error = Messages.error("Execution timed out").put("errorType", "timeout");
      error.set("id", id);
      return Answer.json(504, error);
    } catch (SetupException | KernelException e) {
      ObjectNode error = Messages.error(String.valueOf(e.getMessage()));
      error.set("id", id);
      return Answer.json(500, error);
    } finally {
      session.leave();
    }
  }

  private static Answer answer(VerbResult result, JsonNode id) {
    VerbError error = result.error();
    ObjectNode body = error == null ? success(result) : Messages.failure(error);
    body.set("id", id);
    if (!result.stdout().isEmpty()) {
      body.put("stdout", result.stdout());
    }
    if (!result.stderr().isEmpty()) {
      body.put("stderr", result.stderr());
    }
    if (error == null) {
      return Answer.ok(body);
    }
    boolean died = Messages.isDeath(error);
    return Answer.json(died ? 500 : 400, died ? body.put("errorType", "worker-crashed") : body);
  }

  private static ObjectNode success(VerbResult result) {
    return result.value() == null
        ? Json.object().put("type", "ok")
        : Messages.of("value", result.value());
  }
}
