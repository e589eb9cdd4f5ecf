package dev.penstock.gateway.session;

import dev.penstock.gateway.keeper.Keeper;
import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.message.HeaderFactory;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes sessions. */
public final class Sessions {
  /** Bytes of a worker's output that wait for the owner thread before the worker has to. */
  private static final long INBOX_BYTES = 4L << 20;

  /** Bytes of what was said that are kept for readers that come later. */
  private static final long LOG_BYTES = 4L << 20;

  private static final long STACK_BYTES = 256 << 10;

  private Sessions() {}

  /** How a session's ZeroMQ door is opened, on the session's owner thread. */
  @FunctionalInterface
  public interface DoorFactory {
    /**
     * Opens the door.
     *
     * @param headers makes the headers of the kernel's messages
     * @param from number of the first log entry that the door sends
     */
    OpenDoor open(HeaderFactory headers, long from) throws Exception;
  }

  /** A door and where clients find it. */
  public record OpenDoor(Door door, ConnectionInfo connection) {}

  /** A session that was just made, and the future of its door's address. */
  public record Opening(Session session, CompletableFuture<ConnectionInfo> bound, Runnable begin) {}

  /** An output log for a session that nobody will ask about when it is over. */
  public static OutputLog log() {
    return new MemoryOutputLog(LOG_BYTES);
  }

  /**
   * Makes a session; {@link Opening#begin} starts its owner thread.
   *
   * @param doors opens the ZeroMQ door; null for a session that has none, until one is asked for
   * @param log where its messages go, after what is there
   */
  public static Opening open(
      SessionSpec spec, @Nullable DoorFactory doors, OutputLog log, Keeper keeper) {
    // A new id with each worker life: clients tell a restart by it (WIRE-12).
    HeaderFactory headers = new HeaderFactory(UUID.randomUUID().toString(), "kernel");
    SessionInbox inbox = new SessionInbox(INBOX_BYTES);
    Doorway doorway = new Doorway();
    SessionConductor conductor =
        new SessionConductor(
            spec,
            inbox,
            headers,
            doorway,
            doors,
            log,
            new Outlet(spec.id(), headers, log),
            new WorkerControl(keeper));
    Session session = new Session(spec, WorkerSecrets.make(), inbox, doorway, conductor);
    Thread owner = new Thread(null, conductor, "session-" + spec.id(), STACK_BYTES);
    owner.setDaemon(true);
    session.whenEnded(_ -> session.closeEcho());
    return new Opening(session, conductor.bound(), owner::start);
  }
}
