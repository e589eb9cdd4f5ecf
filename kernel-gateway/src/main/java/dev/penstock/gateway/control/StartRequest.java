package dev.penstock.gateway.control;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.placement.StartDecision;
import dev.penstock.gateway.placement.WorkerOrder;
import dev.penstock.gateway.session.SessionSpec;
import dev.penstock.protocol.connection.ConnectionFileException;
import dev.penstock.protocol.connection.ConnectionFiles;
import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.connection.RegistrationInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code start} request (docs/local-sockets.md), checked.
 *
 * @param connection what the client wants of the connection: ports that are 0 are chosen
 * @param registration the launcher's socket that is told the ports (JEP 66); null if it knows them
 * @param lease the process whose end ends the session; null for an independent one
 * @param guard who starts the worker; null for the keeper
 */
record StartRequest(
    SessionSpec spec,
    WorkerOrder order,
    ConnectionInfo connection,
    @Nullable RegistrationInfo registration,
    @Nullable Lease lease,
    @Nullable Guard guard) {

  /** A session's owner: process id and start time (field 22 of {@code /proc/<pid>/stat}). */
  record Lease(long pid, long start) {}

  /** A guard that has connected, and why the client started it, for people. */
  record Guard(String name, String reason) {}

  static StartRequest parse(ObjectNode request) throws ControlException {
    ObjectNode environment = Json.child(request, "environment");
    ObjectNode env = Json.child(request, "env");
    String cwd = required(request, "cwd");
    SessionSpec spec =
        new SessionSpec(
            UUID.randomUUID().toString(),
            required(request, "name"),
            required(request, "via"),
            cwd,
            Json.text(request, "connection_file"),
            memoryLimit(request));
    WorkerOrder order =
        new WorkerOrder(
            required(environment, "key"),
            required(environment, "python"),
            argv(environment, "zygote_argv"),
            argv(environment, "fresh_argv"),
            Json.child(environment, "start_only"),
            env,
            args(request),
            process(request, cwd),
            Json.flag(request, "fresh"));
    return new StartRequest(
        spec, order, connection(request), registration(request), lease(request), guard(request));
  }

  private static ObjectNode process(ObjectNode request, String cwd) {
    ObjectNode process = Json.object().put("cwd", cwd);
    for (String field : List.of("umask", "affinity", "rlimits")) {
      if (request.hasNonNull(field)) {
        process.set(field, request.get(field));
      }
    }
    return process;
  }

  private static long memoryLimit(ObjectNode request) throws ControlException {
    long bytes = Json.integer(Json.child(request, "limits"), "memory", 0);
    if (bytes < 0) {
      throw bad("limits.memory", "must be a number of bytes above 0");
    }
    return bytes;
  }

  private static ConnectionInfo connection(ObjectNode request) throws ControlException {
    ObjectNode wanted = Json.child(request, "connection").deepCopy();
    if (Json.text(wanted, "key") == null) {
      wanted.put("key", UUID.randomUUID().toString());
    }
    try {
      return ConnectionFiles.parse(Json.bytes(wanted));
    } catch (ConnectionFileException e) {
      throw new ControlException("bad-connection", String.valueOf(e.getMessage()), "");
    }
  }

  private static @Nullable RegistrationInfo registration(ObjectNode request)
      throws ControlException {
    try {
      return ConnectionFiles.parseRegistration(Json.bytes(Json.child(request, "connection")));
    } catch (ConnectionFileException e) {
      throw new ControlException("bad-connection", String.valueOf(e.getMessage()), "");
    }
  }

  private static @Nullable Lease lease(ObjectNode request) throws ControlException {
    JsonNode lease = request.get("lease");
    if (lease == null || lease.isNull()) {
      return null;
    }
    long pid = Json.integer(lease, "pid", 0);
    if (pid <= 0) {
      throw bad("lease.pid", "must be a process id");
    }
    return new Lease(pid, Json.integer(lease, "start", 0));
  }

  private static @Nullable Guard guard(ObjectNode request) throws ControlException {
    if (!request.hasNonNull("guard")) {
      return null;
    }
    ObjectNode guard = Json.child(request, "guard");
    return new Guard(required(guard, "name"), required(guard, "reason"));
  }

  /** The kernel's arguments as ipykernel has them: {@code %connect_info} reads the named file. */
  private static List<String> args(ObjectNode request) {
    List<String> args = new ArrayList<>();
    String connectionFile = Json.text(request, "connection_file");
    if (connectionFile != null) {
      args.addAll(List.of(StartDecision.CONNECTION_FILE, connectionFile));
    }
    request.path("args").forEach(argument -> args.add(argument.asString("")));
    return args;
  }

  private static JsonNode argv(ObjectNode environment, String field) throws ControlException {
    JsonNode argv = environment.path(field);
    if (!argv.isArray() || argv.isEmpty()) {
      throw bad("environment." + field, "must be a non-empty list");
    }
    return argv;
  }

  private static String required(ObjectNode object, String field) throws ControlException {
    String text = Json.text(object, field);
    if (text == null || text.isEmpty()) {
      throw bad(field, "is missing");
    }
    return text;
  }

  private static ControlException bad(String field, String problem) {
    return new ControlException("bad-request", "start request: " + field + " " + problem, "");
  }
}
