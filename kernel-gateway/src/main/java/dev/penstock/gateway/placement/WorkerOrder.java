package dev.penstock.gateway.placement;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client asks for its worker: environment of the interpreter and of the process
 * (docs/local-sockets.md, "start").
 *
 * @param key identifies the Python environment; one zygote per key
 * @param python path of the interpreter, for people
 * @param zygoteArgv command of the zygote
 * @param freshArgv command of a fresh worker
 * @param startOnly environment variables that act only at process start, with the client's values
 * @param env the worker's whole environment
 * @param args extra kernel arguments
 * @param process {@code cwd}, {@code umask}, {@code affinity}, {@code rlimits} as the client has
 *     them
 * @param fresh the client insists on a fresh start
 */
public record WorkerOrder(
    String key,
    String python,
    JsonNode zygoteArgv,
    JsonNode freshArgv,
    ObjectNode startOnly,
    ObjectNode env,
    List<String> args,
    ObjectNode process,
    boolean fresh) {}
