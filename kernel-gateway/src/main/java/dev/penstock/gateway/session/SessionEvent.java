package dev.penstock.gateway.session;

import dev.penstock.gateway.keeper.WorkerExit;
import dev.penstock.gateway.lane.Lane;
import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.LinkConnection;
import dev.penstock.protocol.connection.ConnectionInfo;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Everything that reaches a session's owner thread from other threads. */
sealed interface SessionEvent {
  /** What the event holds on to, in bytes: counts against the inbox's bound. */
  default long bytes() {
    return 0;
  }

  /** From the worker, in the order the worker made it. */
  sealed interface FromWorker extends SessionEvent {}

  /** From the gateway's other parts: never waits behind output. */
  sealed interface Command extends SessionEvent {}

  /** A frame of the data lane. */
  record WorkerFrame(Frame frame) implements FromWorker {
    @Override
    public long bytes() {
      return 256 + frame.bytes();
    }
  }

  /** Text that something wrote to file descriptor 1 or 2 of the worker. */
  record LaneText(Lane lane, String text) implements FromWorker {
    @Override
    public long bytes() {
      return 256 + 2L * text.length();
    }
  }

  /**
   * The worker's process is gone and all it had said was delivered before this.
   *
   * @param cause why, if that is known; else it is told from the exit
   */
  record WorkerEnded(WorkerExit exit, @Nullable String cause) implements FromWorker {}

  /** The worker connected its data lane. */
  record DataLinkOpened(LinkConnection link, ObjectNode hello) implements Command {}

  /** The worker connected its control lane. */
  record ControlLinkOpened(LinkConnection link) implements Command {}

  /** A frame of the control lane. */
  record ControlFrame(Frame frame) implements Command {}

  /** The keeper started the process. */
  record WorkerStarted(long pid) implements Command {}

  /** Open ZeroMQ sockets. */
  record OpenSockets(Sessions.DoorFactory doors, CompletableFuture<ConnectionInfo> opened)
      implements Command {}

  /** No process could be started. */
  record StartFailed(String reason) implements Command {}

  /** Interrupt what runs now; completed once the signal is out (or was not needed). */
  record Interrupt(CompletableFuture<Void> done) implements Command {}

  /** Send a signal to the worker's process group. */
  record Signal(int number, CompletableFuture<Void> done) implements Command {}

  /** End the session; {@code now} without asking the worker. */
  record Stop(boolean now, String cause) implements Command {}
}
