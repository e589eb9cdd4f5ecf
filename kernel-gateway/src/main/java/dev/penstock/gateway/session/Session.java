package dev.penstock.gateway.session;

import dev.penstock.gateway.keeper.WorkerExit;
import dev.penstock.gateway.lane.Echo;
import dev.penstock.gateway.lane.Lane;
import dev.penstock.gateway.lane.LaneOrder;
import dev.penstock.gateway.lane.Lanes;
import dev.penstock.gateway.link.Frame;
import dev.penstock.gateway.link.LinkConnection;
import dev.penstock.gateway.link.LinkPeer;
import dev.penstock.protocol.connection.ConnectionInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One kernel, as the rest of the gateway sees it. Thread-safe: everything is handed to the
 * session's owner thread (the {@link SessionConductor}) through its inbox.
 */
public final class Session implements LinkPeer {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /**
   * How long what a dead worker had written may take to arrive. It is in the system's buffers:
   * normally no time at all.
   */
  private static final Duration LINK_DRAIN = Duration.ofMillis(300);

  private static final Duration LANE_DRAIN = Duration.ofSeconds(3);

  private final SessionSpec spec;
  private final WorkerSecrets secrets;
  private final SessionInbox inbox;
  private final Doorway doorway;
  private final SessionConductor conductor;
  private final CountDownLatch linkEnded = new CountDownLatch(1);
  private final LaneOrder order = new LaneOrder();
  private final @Nullable Echo echo;
  private volatile @Nullable Lanes lanes;
  private volatile @Nullable LinkConnection link;
  private volatile String startPath = "";
  private volatile String startReason = "";

  Session(
      SessionSpec spec,
      WorkerSecrets secrets,
      SessionInbox inbox,
      Doorway doorway,
      SessionConductor conductor) {
    this.spec = spec;
    this.secrets = secrets;
    this.inbox = inbox;
    this.doorway = doorway;
    this.conductor = conductor;
    this.echo = spec.echo() ? new Echo() : null;
  }

  public SessionSpec spec() {
    return spec;
  }

  /** Token and nonce that the worker of this session gets. */
  public WorkerSecrets secrets() {
    return secrets;
  }

  /** What is known of it now. */
  public SessionView view() {
    return conductor.view();
  }

  /** Every message of this kernel to its clients. */
  public OutputLog log() {
    return conductor.log();
  }

  /** Its execute requests in flight, and what became of the others. */
  public Executions executionsInFlight() {
    return conductor.executions();
  }

  /** Takes a request of a client that reads the answers from the log; false if it has ended. */
  public boolean submit(Request request) {
    return doorway.submit(request);
  }

  /**
   * Opens ZeroMQ sockets for a session that has none; they send what is said from now on. Completed
   * with where they are, also if they were there before, or with why they cannot be.
   */
  public CompletableFuture<ConnectionInfo> openSockets(Sessions.DoorFactory doors) {
    CompletableFuture<ConnectionInfo> opened = new CompletableFuture<>();
    inbox.command(new SessionEvent.OpenSockets(doors, opened));
    return opened;
  }

  /** Completed when the session is over and its sockets are closed. Never exceptionally. */
  public CompletableFuture<Ending> ended() {
    return conductor.ended();
  }

  /** Runs this once the session is over, on the session's own thread. */
  public void whenEnded(Consumer<Ending> action) {
    CompletableFuture<Void> _ = ended().thenAccept(action);
  }

  /**
   * Opens the worker's lanes. To be called once the FIFOs exist.
   *
   * @throws IOException if they cannot be opened
   */
  public void openLanes(Path out, Path err) throws IOException {
    lanes = Lanes.open(out, err, secrets.nonce(), order, new Written());
  }

  /** What goes to its client's terminal, too; null when nobody asked for that at the start. */
  public @Nullable Echo echo() {
    return echo;
  }

  /** How its worker was started: {@code fork} or {@code fresh}; empty while none was. */
  public String startPath() {
    return startPath;
  }

  /** Why its worker was started in this way, for people; empty while none was. */
  public String startReason() {
    return startReason;
  }

  /**
   * The worker's process runs.
   *
   * @param path how it was started, for people
   * @param reason why in this way, for people
   */
  public void workerStarted(long pid, String path, String reason) {
    startPath = path;
    startReason = reason;
    inbox.command(new SessionEvent.WorkerStarted(pid));
  }

  /** No worker could be started: the session ends. */
  public void startFailed(String reason) {
    inbox.command(new SessionEvent.StartFailed(reason));
  }

  /** The worker's process ended. Returns at once; what it had written is delivered first. */
  public void workerExited(WorkerExit exit) {
    Thread.ofVirtual().name("drain-" + spec.id()).start(() -> drain(exit, null));
  }

  /**
   * The worker's process was killed because its parent ended: nobody saw it, and it can only have
   * been by SIGKILL. Returns at once.
   *
   * @param cause why, one line for people
   */
  public void workerLost(String cause) {
    WorkerExit exit = WorkerExit.unseen(view().workerPid(), -WorkerControl.SIGKILL);
    Thread.ofVirtual().name("drain-" + spec.id()).start(() -> drain(exit, cause));
  }

  /** Interrupts what runs now. Completed once the signal is out. */
  public CompletableFuture<Void> interrupt() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    inbox.command(new SessionEvent.Interrupt(done));
    return done;
  }

  /** Sends a signal to the worker's process group. */
  public CompletableFuture<Void> signal(int number) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    inbox.command(new SessionEvent.Signal(number, done));
    return done;
  }

  /**
   * Ends the session; {@link #ended} tells when.
   *
   * @param now kill the worker instead of asking it
   * @param cause why, one line for people
   */
  public void stop(boolean now, String cause) {
    inbox.command(new SessionEvent.Stop(now, cause));
  }

  @Override
  public boolean accepts(String token) {
    return MessageDigest.isEqual(
        token.getBytes(StandardCharsets.UTF_8), secrets.token().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void dataOpened(LinkConnection connection, ObjectNode hello) {
    link = connection;
    inbox.command(new SessionEvent.DataLinkOpened(connection, hello));
  }

  @Override
  public void controlOpened(LinkConnection connection) {
    inbox.command(new SessionEvent.ControlLinkOpened(connection));
  }

  @Override
  public void frame(Frame frame) throws InterruptedException {
    if (frame.marker() != 0 && !order.awaitLanes(frame.marker())) {
      LOG.atWarn()
          .addKeyValue("session", spec.id())
          .log("a lane marker did not arrive: someone else read the worker's descriptors");
    }
    inbox.output(new SessionEvent.WorkerFrame(frame));
    order.frameDelivered(frame.marker());
  }

  @Override
  public void controlFrame(Frame frame) {
    inbox.command(new SessionEvent.ControlFrame(frame));
  }

  @Override
  public void dataClosed() {
    linkEnded.countDown();
    order.close();
  }

  /** What the lanes bring goes to the clients, and to the terminal of the one that started it. */
  private final class Written implements Lanes.Sink {
    @Override
    public void text(Lane lane, String text) throws InterruptedException {
      inbox.output(new SessionEvent.LaneText(lane, text));
    }

    @Override
    public void written(Lane lane, byte[] bytes, int offset, int length)
        throws InterruptedException {
      if (echo != null) {
        echo.add(lane, bytes, offset, length);
      }
    }
  }

  /** Nothing comes any more for the client's terminal. */
  void closeEcho() {
    if (echo != null) {
      echo.close();
    }
  }

  private void drain(WorkerExit exit, @Nullable String cause) {
    try {
      LinkConnection open = link;
      if (open != null && !linkEnded.await(LINK_DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
        // A forked child of the worker still holds the connection: what the worker itself sent was
        // read long ago.
        open.close();
      }
      Lanes reading = lanes;
      if (reading != null) {
        reading.finish(LANE_DRAIN);
      }
      closeEcho();
      inbox.output(new SessionEvent.WorkerEnded(exit, cause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
