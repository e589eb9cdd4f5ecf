package dev.penstock.gateway.environments;

import dev.penstock.gateway.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a server knows of environments (docs/local-sockets.md, {@code serve}).
 *
 * @param allowed whether clients may change them
 * @param folder where they are
 * @param command what does something with them, and gets its order on stdin
 * @param env variables of that command
 * @param kernel a kernel.json to which the environment is added
 */
public record EnvironmentSettings(
    boolean allowed,
    Path folder,
    List<String> command,
    Map<String, String> env,
    ObjectNode kernel) {

  /** Reads the field {@code environments} of a server's settings. */
  public static EnvironmentSettings of(JsonNode json) {
    List<String> command = new ArrayList<>();
    json.path("command").forEach(word -> command.add(word.asString("")));
    Map<String, String> env = new LinkedHashMap<>();
    json.path("env").properties().forEach(e -> env.put(e.getKey(), e.getValue().asString("")));
    return new EnvironmentSettings(
        json.path("allow").asBoolean(false),
        Path.of(json.path("folder").asString("/")),
        List.copyOf(command),
        Map.copyOf(env),
        Json.child(json, "kernel"));
  }
}
