package dev.penstock.gateway.start;

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
 * @param sockets whether its ZeroMQ sockets are opened at once
 * @param guard who starts the worker; null for the keeper
 */
public record StartRequest(
    SessionSpec spec,
    WorkerOrder order,
    ConnectionInfo connection,
    @Nullable RegistrationInfo registration,
    @Nullable Lease lease,
    boolean sockets,
    @Nullable Guard guard) {

  /** A session's owner: process id and start time (field 22 of {@code /proc/<pid>/stat}). */
  public record Lease(long pid, long start) {}

  /** A guard that has connected, and why the client started it, for people. */
  public record Guard(String name, String reason) {}

  /** Reads a request; {@code sockets} is true where it says nothing. */
  public static StartRequest parse(ObjectNode request) throws StartException {
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
            memoryLimit(request),
            Json.flag(request, "echo"));
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
        spec,
        order,
        connection(request),
        registration(request),
        lease(request),
        request.path("sockets").asBoolean(true),
        guard(request));
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

  private static long memoryLimit(ObjectNode request) throws StartException {
    long bytes = Json.integer(Json.child(request, "limits"), "memory", 0);
    if (bytes < 0) {
      throw bad("limits.memory", "must be a number of bytes above 0");
    }
    return bytes;
  }

  private static ConnectionInfo connection(ObjectNode request) throws StartException {
    ObjectNode wanted = Json.child(request, "connection").deepCopy();
    if (Json.text(wanted, "key") == null) {
      wanted.put("key", UUID.randomUUID().toString());
    }
    try {
      return ConnectionFiles.parse(Json.bytes(wanted));
    } catch (ConnectionFileException e) {
      throw new StartException("bad-connection", String.valueOf(e.getMessage()), "");
    }
  }

  private static @Nullable RegistrationInfo registration(ObjectNode request) throws StartException {
    try {
      return ConnectionFiles.parseRegistration(Json.bytes(Json.child(request, "connection")));
    } catch (ConnectionFileException e) {
      throw new StartException("bad-connection", String.valueOf(e.getMessage()), "");
    }
  }

  private static @Nullable Lease lease(ObjectNode request) throws StartException {
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

  private static @Nullable Guard guard(ObjectNode request) throws StartException {
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

  private static JsonNode argv(ObjectNode environment, String field) throws StartException {
    JsonNode argv = environment.path(field);
    if (!argv.isArray() || argv.isEmpty()) {
      throw bad("environment." + field, "must be a non-empty list");
    }
    return argv;
  }

  private static String required(ObjectNode object, String field) throws StartException {
    String text = Json.text(object, field);
    if (text == null || text.isEmpty()) {
      throw bad(field, "is missing");
    }
    return text;
  }

  private static StartException bad(String field, String problem) {
    return new StartException("bad-request", "start request: " + field + " " + problem, "");
  }
}
