package dev.penstock.gateway.control;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.json.JsonLineException;
import dev.penstock.gateway.lane.Echo;
import dev.penstock.gateway.orphans.LoggedExecution;
import dev.penstock.gateway.orphans.UnwrittenException;
import dev.penstock.gateway.placement.Zygotes;
import dev.penstock.gateway.session.Attachments;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.Session;
import dev.penstock.gateway.session.SessionTable;
import dev.penstock.gateway.session.Sessions;
import dev.penstock.gateway.start.KernelStarter;
import dev.penstock.gateway.start.StartException;
import dev.penstock.gateway.start.StartRequest;
import dev.penstock.gateway.start.Started;
import dev.penstock.protocol.connection.ConnectionFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What can be asked on the control socket. Thread-safe; an operation may block its connection's own
 * thread.
 */
public final class Operations {
  private static final int SIGINT = 2;
  private static final int SIGKILL = 9;
  private static final long STOP_PATIENCE_S = 10;
  private static final int LONGEST_WAIT_S = 20;

  private final SessionTable table;
  private final KernelStarter starter;
  private final Reports reports;
  private final Server server;
  private final Runnable leave;

  /** HTTP servers in this gateway. */
  public interface Server {
    /**
     * Starts it.
     *
     * @return the port it listens on, 0 for a Unix-domain socket
     * @throws IOException if it cannot listen
     */
    int start(ObjectNode settings) throws IOException;

    /**
     * Ends all, but not their kernels.
     *
     * @return how many kernels are left
     */
    int leave();
  }

  /**
   * The operations over this gateway's parts.
   *
   * @param about what {@code ping} and {@code status} tell
   * @param server starts HTTP servers
   * @param leave ends the gateway; returns at once
   */
  public Operations(
      SessionTable table,
      KernelStarter starter,
      Zygotes zygotes,
      Attachments attachments,
      About about,
      Server server,
      Runnable leave) {
    this.table = table;
    this.starter = starter;
    this.reports = new Reports(table, zygotes, attachments, about);
    this.server = server;
    this.leave = leave;
  }

  /** Runs one operation and returns its answer. */
  ObjectNode run(String op, ObjectNode request) throws ControlException {
    return switch (op) {
      case "ping" -> reports.ping();
      case "status" -> reports.status();
      case "list" -> reports.list();
      case "output" -> reports.output(session(request), request);
      case "execution" -> execution(session(request), request);
      case "executions" -> reports.executions(session(request));
      case "start" -> start(request);
      case "serve" -> serve(request);
      case "unserve" -> ok().put("kernels", server.leave());
      case "poll" -> ending(session(request).ended().getNow(null));
      case "wait" -> ending(session(request).ended().join());
      case "signal" -> signal(session(request), (int) Json.integer(request, "signal", 0));
      case "stop" -> stop(session(request), Json.flag(request, "now"));
      case "release" -> {
        table.release(request.path("id").asString(""));
        yield ok();
      }
      case "leave" -> {
        leave.run();
        yield ok();
      }
      default ->
          throw new ControlException(
              "unknown-op",
              "there is no operation '" + op + "'",
              "client and gateway differ in version: run 'penstock status'");
    };
  }

  /**
   * What the client of an {@code echo} request is to be sent; it is then its only reader.
   *
   * @throws ControlException if there is no such kernel, or nothing of it to be read
   */
  Echo echo(ObjectNode request) throws ControlException {
    Echo echo = session(request).echo();
    if (echo == null) {
      throw new ControlException(
          "no-echo",
          "this kernel was started without 'echo'",
          "it has to be asked for at the start");
    }
    if (!echo.take()) {
      throw new ControlException("echo-taken", "another process reads this kernel's echo", "");
    }
    return echo;
  }

  private static ObjectNode execution(Session session, ObjectNode request) throws ControlException {
    int wait = Math.clamp(Json.integer(request, "wait", 0), 0, LONGEST_WAIT_S);
    try {
      return LoggedExecution.await(
              session.log(), request.path("msg_id").asString(""), Duration.ofSeconds(wait))
          .put("ok", true);
    } catch (UnwrittenException e) {
      throw new ControlException(e.code(), String.valueOf(e.getMessage()), "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ControlException("leaving", "this gateway is about to end", "");
    }
  }

  private ObjectNode serve(ObjectNode request) throws ControlException {
    try {
      return ok().put("port", server.start(Json.child(request, "settings")));
    } catch (IOException e) {
      throw new ControlException("serve-failed", "The server cannot start: " + e.getMessage(), "");
    }
  }

  private ObjectNode start(ObjectNode request) throws ControlException {
    try {
      Started started = starter.start(StartRequest.parse(request), Sessions.log());
      ObjectNode answer = ok().put("id", started.session().spec().id());
      answer.set("connection", Json.readObject(ConnectionFiles.toJson(started.connection())));
      return answer
          .put("start", started.worker().path().word())
          .put("worker_pid", started.worker().pid());
    } catch (StartException e) {
      throw new ControlException(e.code(), String.valueOf(e.getMessage()), e.hint());
    } catch (JsonLineException e) {
      throw new ControlException("internal", "connection info is not JSON: " + e.getMessage(), "");
    }
  }

  private Session session(ObjectNode request) throws ControlException {
    String id = request.path("id").asString("");
    Session session = table.find(id);
    if (session == null) {
      throw new ControlException(
          "no-such-kernel", "there is no kernel '" + id + "'", "see 'penstock kernel list'");
    }
    return session;
  }

  private static ObjectNode signal(Session session, int signal) throws ControlException {
    if (signal < 1 || signal > 64) {
      throw new ControlException("bad-request", "signal must be a number from 1 to 64", "");
    }
    CompletableFuture<?> done =
        switch (signal) {
          case SIGINT -> session.interrupt();
          case SIGKILL -> {
            session.stop(true, "killed by its client");
            yield CompletableFuture.completedFuture(null);
          }
          default -> session.signal(signal);
        };
    await(CompletableFuture.anyOf(done, session.ended()));
    return ok();
  }

  private static ObjectNode stop(Session session, boolean now) throws ControlException {
    session.stop(now, "stopped");
    await(session.ended());
    return ending(session.ended().getNow(null));
  }

  private static void await(CompletableFuture<?> future) throws ControlException {
    try {
      future.get(STOP_PATIENCE_S, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new ControlException(
          "timeout",
          "the kernel did not react within " + STOP_PATIENCE_S + " s",
          "try 'penstock kernel stop --now'");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ControlException("leaving", "this gateway is about to end", "");
    } catch (ExecutionException e) {
      // ended() never completes exceptionally, nor do the commands' futures.
      throw new IllegalStateException(e.getCause());
    }
  }

  private static ObjectNode ending(@Nullable Ending ending) {
    ObjectNode answer = ok();
    if (ending == null) {
      return answer.putNull("exit").putNull("cause");
    }
    return answer.put("exit", ending.exit()).put("cause", ending.cause());
  }

  private static ObjectNode ok() {
    return Json.object().put("ok", true);
  }
}
