package dev.penstock.gateway.commands;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.logview.OutputSink;
import java.io.IOException;
import tools.jackson.databind.node.ArrayNode;

/** {@code /api/v1/commands} (docs/commands.md). Thread-safe. */
public final class CommandsApi {
  private static final String PATH = "/api/v1/commands";
  private static final String ONE = PATH + "/{id}";

  private final String base;
  private final Commands commands;

  /**
   * The API of these commands.
   *
   * @param base the server's base path, with a slash at both ends
   */
  public CommandsApi(String base, Commands commands) {
    this.base = base;
    this.commands = commands;
  }

  /** Adds the paths. */
  public void addTo(Routes routes) {
    routes
        .add("GET", PATH, _ -> list())
        .add("POST", PATH, this::start)
        .add("GET", ONE, call -> answer(find(call)))
        .add("DELETE", ONE, this::delete)
        .add("GET", ONE + "/output", this::output)
        .add("GET", ONE + "/socket", this::socket)
        .add("POST", ONE + "/stdin", this::input)
        .add("POST", ONE + "/signal", this::signal)
        .add("POST", ONE + "/resize", this::resize);
  }

  private Command find(Call call) throws HttpException {
    return commands.find(call.part("id"));
  }

  private static Answer answer(Command command) {
    return Answer.ok(command.json()).with("Cache-Control", "no-store");
  }

  private Answer list() {
    ArrayNode all = Json.array();
    commands.all().forEach(command -> all.add(command.json()));
    return Answer.ok(all).with("Cache-Control", "no-store");
  }

  private Answer start(Call call) throws HttpException, IOException {
    Commands.Started started = commands.start(call.someJson());
    Command command = started.command();
    return started.isNew()
        ? Answer.created(base + PATH.substring(1) + "/" + command.order().id(), command.json())
        : answer(command);
  }

  private Answer delete(Call call) throws HttpException {
    commands.remove(call.part("id"));
    return Answer.nothing();
  }

  private Answer input(Call call) throws HttpException, IOException {
    Command command = find(call);
    Controls.input(command, call.body(), "1".equals(call.query("end")));
    return Answer.nothing();
  }

  private Answer signal(Call call) throws HttpException, IOException {
    Command command = find(call);
    Controls.signal(command, call.someJson().path("signal"));
    return Answer.nothing();
  }

  private Answer resize(Call call) throws HttpException, IOException {
    Command command = find(call);
    Controls.resize(command, call.someJson());
    return Answer.nothing();
  }

  /** Upgrades do not come here. */
  private Answer socket(Call call) throws HttpException {
    Command _ = find(call);
    throw new HttpException(400, "This is a WebSocket: ask for an upgrade");
  }

  private Answer output(Call call) throws HttpException, IOException {
    Command command = find(call);
    OutputQuery query = OutputQuery.of(call, command.log().next());
    byte[] _ = call.body(); // before it can be told whether the client is there
    if (query.shape().follows() && command.hasToldAllBefore(query.from())) {
      return Answer.nothing(); // it has everything: a browser then stops coming again
    }
    return Answer.live(
        query.shape().mediaType(),
        out -> {
          OutputSink sink =
              query.shape().text()
                  ? new TextSink(out, query.tellsExit())
                  : new CommandJson(query.shape().format(), out, command.order().binary());
          Follower follower = new Follower(command, query.from(), sink, call::isClientGone);
          if (query.shape().follows()) {
            follower.follow();
          } else {
            follower.read(query.patience());
          }
        });
  }
}
