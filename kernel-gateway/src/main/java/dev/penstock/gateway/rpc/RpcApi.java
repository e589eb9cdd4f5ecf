package dev.penstock.gateway.rpc;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.kernels.Kernels;
import dev.penstock.gateway.rpc.examples.ExamplesApi;
import dev.penstock.gateway.specs.KernelSpecs;
import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code POST /rpc} and {@code /rpc/{session}} (docs/json-rpc.md). Thread-safe. */
public final class RpcApi {
  private static final String JSON = "application/json";
  private static final String DEFAULT_SESSION = "default";
  private static final Pattern NAME = Pattern.compile("[\\w.~-]{1,100}");

  /** Of requests; a page of another origin needs a preflight for each of them. */
  private static final Set<String> TYPES =
      Set.of(JSON, "application/json-rpc", "application/jsonrequest");

  private final RpcSettings settings;
  private final RpcSessions sessions;

  /**
   * The API over a server's kernels.
   *
   * @param tasks what was submitted, also through servers before this one
   */
  public RpcApi(Kernels kernels, KernelSpecs specs, TaskBook tasks, RpcSettings settings) {
    this.settings = settings;
    sessions = new RpcSessions(kernels, specs, tasks, settings);
  }

  /** Adds its paths. */
  public void addTo(Routes routes) {
    routes
        .add("POST", "/rpc", call -> answer(call, DEFAULT_SESSION))
        .add("POST", "/rpc/{session}", call -> answer(call, name(call)));
    if (settings.examples()) {
      ExamplesApi.addTo(routes);
    }
  }

  private static String name(Call call) throws HttpException {
    String name = call.part("session");
    if (!NAME.matcher(name).matches()) {
      throw new HttpException(
          400, "A session's name has 1 to 100 letters, digits, dots, dashes, tildes, underscores");
    }
    return name;
  }

  private Answer answer(Call call, String session)
      throws HttpException, IOException, InterruptedException {
    if (!settings.allowed()) {
      throw new HttpException(
          403,
          "JSON-RPC knows nothing of --allowed-message-types and --no-allow-tracebacks: with these"
              + " there are only WebSockets");
    }
    checkType(call.header("Content-Type"));
    return Dispatcher.answer(
            call.body(), (method, params) -> sessions.find(session).call(method, params))
        .map(body -> Answer.of(JSON, body))
        .orElseGet(() -> heard(call));
  }

  /** The answer to notifications alone. */
  private static Answer heard(Call call) {
    String agent = Objects.requireNonNullElse(call.header("User-Agent"), "");
    // It takes any status but 200 for a failure.
    return agent.startsWith("jsonrpclib/") ? Answer.of(JSON, new byte[0]) : Answer.nothing();
  }

  private static void checkType(@Nullable String type) throws HttpException {
    String name = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!TYPES.contains(name)) {
      throw new HttpException(415, "Content-Type must be application/json or application/json-rpc");
    }
  }
}
