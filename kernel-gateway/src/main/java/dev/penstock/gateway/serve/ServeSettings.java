package dev.penstock.gateway.serve;

import dev.penstock.gateway.commands.CommandRules;
import dev.penstock.gateway.commands.CommandSettings;
import dev.penstock.gateway.environments.EnvironmentSettings;
import dev.penstock.gateway.http.HttpLimits;
import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.CullRules;
import dev.penstock.gateway.kernels.Tracebacks;
import dev.penstock.gateway.pathview.PathviewSettings;
import dev.penstock.gateway.rest.KernelEnvironment;
import dev.penstock.gateway.rpc.RpcSettings;
import dev.penstock.gateway.websocket.ChannelRules;
import dev.penstock.gateway.websocket.RateLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a server is to be, as {@code penstock serve} read it from options, variables and files
 * (docs/local-sockets.md, {@code serve}). Every field has a value there.
 *
 * @param ip address to listen on
 * @param port to listen on; 0 chooses one
 * @param portRetries how many ports after it are tried when it is taken
 * @param socket path of a Unix-domain socket to listen on instead; null for none
 * @param token empty for none
 * @param allowRemote whether it may be called by any name; null for: if it listens on more than
 *     loopback
 * @param localHostnames by which it may be called besides loopback addresses
 * @param basePath path before all others, with a slash at both ends
 * @param root directory that contents are below and kernels start in
 * @param state directory for what outlives the server: its kernels' output logs
 * @param allowHidden whether contents show names that begin with a dot
 * @param saveOrphaned whether outputs of cells that end while no client is there are written into
 *     their notebooks
 * @param umask permission bits that new files do not get
 * @param python interpreter of kernelspecs that name none by path
 * @param prefix that interpreter's environment
 * @param tether command of the process that holds a kernel of another kind
 * @param forcedKernel kernelspec of all kernels; empty for none
 * @param maxKernels 0 for any number
 * @param pathview how PathView's API is served; null if it is not
 * @param prespawn kernels that run from the beginning
 * @param commandRules which commands clients may run
 * @param environments where Python environments are, and who makes them
 * @param kernelGateway whether it behaves as kernel_gateway where that and jupyter_server differ
 * @param rpcExamples whether it has the endpoints of the JSON-RPC examples of Pyjamas
 */
record ServeSettings(
    String ip,
    int port,
    int portRetries,
    @Nullable Path socket,
    String token,
    @Nullable Boolean allowRemote,
    Set<String> localHostnames,
    String basePath,
    Path root,
    Path state,
    boolean allowHidden,
    boolean saveOrphaned,
    int umask,
    String python,
    Path prefix,
    List<String> tether,
    String defaultKernel,
    String forcedKernel,
    int maxKernels,
    boolean listKernels,
    boolean kernelGateway,
    HttpLimits limits,
    ChannelRules rules,
    CullRules culling,
    ObjectNode cors,
    @Nullable Path certificate,
    @Nullable Path privateKey,
    @Nullable Path clientAuthorities,
    KernelEnvironment environment,
    EnvironmentSettings environments,
    @Nullable PathviewSettings pathview,
    int prespawn,
    Seed seed,
    CommandRules commandRules,
    boolean rpcExamples) {

  private static final int DEFAULT_UMASK = 022;
  private static final long DEFAULT_CULL_INTERVAL_S = 300;

  static ServeSettings of(ObjectNode json) {
    return new ServeSettings(
        json.path("ip").asString(""),
        json.path("port").asInt(0),
        json.path("port_retries").asInt(0),
        path(json, "socket"),
        json.path("token").asString(""),
        flag(json, "allow_remote_access"),
        names(json.path("local_hostnames")),
        json.path("base_url").asString("/"),
        Path.of(json.path("root_dir").asString("/")),
        Path.of(json.path("state_dir").asString("/")),
        json.path("allow_hidden").asBoolean(false),
        json.path("save_orphaned_outputs").asBoolean(true),
        json.path("umask").asInt(DEFAULT_UMASK),
        json.path("python").asString(""),
        Path.of(json.path("prefix").asString("/")),
        List.copyOf(names(json.path("tether"))),
        json.path("default_kernel").asString(""),
        json.path("force_kernel_name").asString(""),
        json.path("max_kernels").asInt(0),
        json.path("list_kernels").asBoolean(true),
        json.path("kernel_gateway").asBoolean(false),
        limits(json),
        rules(json),
        culling(json),
        Json.child(json, "cors"),
        path(json, "certfile"),
        path(json, "keyfile"),
        path(json, "client_ca"),
        new KernelEnvironment(texts(json.path("env")), names(json.path("allow_env"))),
        EnvironmentSettings.of(json.path("environments")),
        PathviewSettings.of(json),
        json.path("prespawn_count").asInt(0),
        Seed.of(json),
        CommandRules.of(json.path("allow_commands")),
        json.path("json_rpc_examples").asBoolean(false));
  }

  /**
   * The notebook that new kernels begin with, and what is made of it.
   *
   * @param file null for none
   * @param uri what the user called it
   * @param answersCalls whether its cells are the server's API, in place of Jupyter's
   * @param swagger whether they name operations of a Swagger document
   * @param download whether the notebook may be had
   * @param files directory for {@code /public}; null for none
   */
  record Seed(
      @Nullable Path file,
      String uri,
      boolean answersCalls,
      boolean swagger,
      boolean download,
      @Nullable Path files) {
    private static Seed of(JsonNode json) {
      return new Seed(
          path(json, "seed_file"),
          json.path("seed_uri").asString(""),
          json.path("notebook_http").asBoolean(false),
          json.path("swagger_cells").asBoolean(false),
          json.path("allow_notebook_download").asBoolean(false),
          path(json, "static_path"));
    }
  }

  /** What commands are run with. */
  CommandSettings commands(Path runtime) {
    return new CommandSettings(
        commandRules, environment.base(), environment.allowed(), root, tether, runtime);
  }

  /** The kernelspec for those who name none. */
  String preferredKernel() {
    return defaultKernel.isEmpty() ? forcedKernel : defaultKernel;
  }

  /** How sessions of JSON-RPC are. */
  RpcSettings rpc() {
    return new RpcSettings(
        preferredKernel(), root, environment.base(), !rules.areStrict(), rpcExamples);
  }

  private static HttpLimits limits(JsonNode json) {
    return new HttpLimits(
        json.path("max_body_size").asLong(0),
        json.path("max_message_size").asLong(0),
        json.path("max_connections").asInt(0),
        Duration.ofSeconds(json.path("request_timeout").asLong(1)));
  }

  private static ChannelRules rules(JsonNode json) {
    return new ChannelRules(
        Duration.ofSeconds(json.path("websocket_ping_interval").asLong(1)),
        new RateLimits(
            json.path("iopub_msg_rate_limit").asInt(0),
            json.path("iopub_data_rate_limit").asLong(0),
            Duration.ofSeconds(json.path("rate_limit_window").asLong(1))),
        names(json.path("allowed_message_types")),
        json.path("allow_tracebacks").asBoolean(true) ? Tracebacks.SHOWN : Tracebacks.HIDDEN);
  }

  private static CullRules culling(JsonNode json) {
    return new CullRules(
        Duration.ofSeconds(json.path("cull_idle_timeout").asLong(0)),
        Duration.ofSeconds(Math.max(1, json.path("cull_interval").asLong(DEFAULT_CULL_INTERVAL_S))),
        json.path("cull_busy").asBoolean(false),
        json.path("cull_connected").asBoolean(false));
  }

  private static @Nullable Path path(JsonNode json, String field) {
    String text = Json.text(json, field);
    return text == null || text.isEmpty() ? null : Path.of(text);
  }

  /** Null if it was left open. */
  private static @Nullable Boolean flag(JsonNode json, String field) {
    JsonNode value = json.path(field);
    return value.isBoolean() ? Boolean.valueOf(value.asBoolean()) : null;
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asString("")));
    return texts;
  }

  private static Set<String> names(JsonNode list) {
    Set<String> names = new LinkedHashSet<>();
    list.forEach(name -> names.add(name.asString("")));
    return names;
  }
}
