package dev.penstock.gateway.session;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.gateway.keeper.KeeperException;
import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.FrameType;
import dev.penstock.gateway.link.LinkConnection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session's hold on its worker process: link lanes and signals. Belongs to the session's owner
 * thread.
 */
final class WorkerControl {
  static final int SIGINT = 2;
  static final int SIGKILL = 9;
  static final int SIGTERM = 15;

  private static final Logger LOG = LoggerFactory.getLogger(WorkerControl.class);

  private final Keeper keeper;
  private @Nullable LinkConnection data;
  private @Nullable LinkConnection control;
  private long pid;

  WorkerControl(Keeper keeper) {
    this.keeper = keeper;
  }

  /** The worker's process id, 0 while it is unknown. */
  long pid() {
    return pid;
  }

  void started(long pid) {
    this.pid = pid;
  }

  void dataOpened(LinkConnection connection) {
    data = connection;
  }

  void controlOpened(LinkConnection connection) {
    control = connection;
  }

  boolean connected() {
    return data != null;
  }

  /** Sends a request or an input reply of the main shell. */
  void send(Frame frame) {
    if (data != null) {
      data.send(frame);
    }
  }

  /** Whether the control lane is open. */
  boolean controllable() {
    return control != null;
  }

  /** Sends what does not wait for the request that the main shell runs. */
  void sendControl(Frame frame) {
    sendControl(frame, false);
  }

  /**
   * Sends what does not wait for the request that the main shell runs.
   *
   * @param aside whether the frame may have to wait for the worker to read
   */
  void sendControl(Frame frame, boolean aside) {
    if (control == null) {
      return;
    }
    if (aside) {
      control.sendAside(frame);
    } else {
      control.send(frame);
    }
  }

  /** Asks the worker to end by itself. Returns false when it cannot be asked. */
  boolean askToEnd(boolean restart) {
    if (control == null) {
      return false;
    }
    byte[] json = Json.bytes(Json.object().put("restart", restart));
    control.send(new Frame(FrameType.SHUTDOWN, 0, 0, List.of(json)));
    return true;
  }

  /** Sends a signal to the worker's process group; returns once the system has it. */
  void signal(int number) {
    if (pid == 0) {
      return;
    }
    try {
      keeper.signal(pid, number, true);
    } catch (KeeperException e) {
      // Without a keeper the gateway itself is about to end (keeperLost), and with it this worker.
      LOG.atError()
          .addKeyValue("pid", pid)
          .addKeyValue("signal", number)
          .setCause(e)
          .log("signal not sent");
    }
  }

  void close() {
    if (data != null) {
      data.close();
    }
    if (control != null) {
      control.close();
    }
  }
}
