package dev.penstock.gateway.serve;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.CullRules;
import dev.penstock.gateway.rest.KernelEnvironment;
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
 * @param basePath path before all others, with a slash at both ends
 * @param root directory that contents are below and kernels start in
 * @param state directory for what outlives the server: its kernels' output logs
 * @param allowHidden whether contents show names that begin with a dot
 * @param umask permission bits that new files do not get
 * @param python interpreter of kernelspecs that name none by path
 * @param prefix that interpreter's environment
 * @param tether command of the process that holds a kernel of another kind
 * @param maxKernels 0 for any number
 * @param kernelGateway whether it behaves as kernel_gateway where that and jupyter_server differ
 */
record ServeSettings(
    String ip,
    int port,
    int portRetries,
    @Nullable Path socket,
    String token,
    String basePath,
    Path root,
    Path state,
    boolean allowHidden,
    int umask,
    String python,
    Path prefix,
    List<String> tether,
    String defaultKernel,
    int maxKernels,
    boolean listKernels,
    boolean kernelGateway,
    long maxBody,
    CullRules culling,
    ObjectNode cors,
    @Nullable Path certificate,
    @Nullable Path privateKey,
    KernelEnvironment environment) {

  private static final int DEFAULT_UMASK = 022;
  private static final long DEFAULT_CULL_INTERVAL_S = 300;

  static ServeSettings of(ObjectNode json) {
    return new ServeSettings(
        json.path("ip").asString(""),
        json.path("port").asInt(0),
        json.path("port_retries").asInt(0),
        path(json, "socket"),
        json.path("token").asString(""),
        json.path("base_url").asString("/"),
        Path.of(json.path("root_dir").asString("/")),
        Path.of(json.path("state_dir").asString("/")),
        json.path("allow_hidden").asBoolean(false),
        json.path("umask").asInt(DEFAULT_UMASK),
        json.path("python").asString(""),
        Path.of(json.path("prefix").asString("/")),
        List.copyOf(names(json.path("tether"))),
        json.path("default_kernel").asString(""),
        json.path("max_kernels").asInt(0),
        json.path("list_kernels").asBoolean(true),
        json.path("kernel_gateway").asBoolean(false),
        json.path("max_body_size").asLong(0),
        culling(json),
        Json.child(json, "cors"),
        path(json, "certfile"),
        path(json, "keyfile"),
        new KernelEnvironment(texts(json.path("env")), names(json.path("allow_env"))));
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
