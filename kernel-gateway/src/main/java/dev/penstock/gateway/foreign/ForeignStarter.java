package dev.penstock.gateway.foreign;

import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.kernels.KernelException.Reason;
import dev.penstock.gateway.kernels.Life;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.kernels.LifeStarter;
import dev.penstock.gateway.session.Ending;
import dev.penstock.gateway.session.OutputLog;
import dev.penstock.gateway.tether.LifeFolder;
import dev.penstock.gateway.tether.Tether;
import dev.penstock.gateway.tether.TetherOrder;
import dev.penstock.protocol.connection.ConnectionFiles;
import dev.penstock.protocol.connection.ConnectionInfo;
import dev.penstock.protocol.wire.ReplayGuard;
import dev.penstock.protocol.wire.Signer;
import dev.penstock.protocol.wire.WireCodec;
import dev.penstock.protocol.zmq.BindException;
import dev.penstock.protocol.zmq.ClientSockets;
import dev.penstock.protocol.zmq.FreePorts;
import dev.penstock.protocol.zmq.SocketLimits;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Starts kernels of other kernelspecs (ipykernel, xeus, R, …) as processes of their own and becomes
 * a ZeroMQ client of each. Thread-safe.
 */
public final class ForeignStarter implements LifeStarter {
  private static final Duration LAUNCH_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final ForeignSettings settings;
  private final ZmqRuntime zmq;
  private final FreePorts ports = new FreePorts();
  private final SpareOutput spare;

  /**
   * A starter.
   *
   * @param zmq where the sockets are made; stays open longer than the kernels
   */
  public ForeignStarter(ForeignSettings settings, ZmqRuntime zmq) {
    this.settings = settings;
    this.zmq = zmq;
    this.spare = new SpareOutput(settings.runtime().resolve("kernel-output.log"));
  }

  /**
   * Starts a kernel and returns when it answers. It has as many seconds as the variable {@code
   * KERNEL_LAUNCH_TIMEOUT} of the order says, else a minute.
   */
  @Override
  public Life start(LifeOrder order, OutputLog log) throws KernelException {
    Duration limit = launchTimeout(order.env().getOrDefault("KERNEL_LAUNCH_TIMEOUT", ""));
    ForeignLife life = launch(order, log);
    try {
      if (life.ready().get(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return life;
      }
      throw failed(order, life.ended().join().cause());
    } catch (TimeoutException e) {
      // Slow, or stuck: only the one who started it can tell how long is too long.
      Ending _ = kill(life, "it did not answer in time");
      throw failed(
          order,
          "it did not answer within %d s; KERNEL_LAUNCH_TIMEOUT can give it more%s"
              .formatted(limit.toSeconds(), life.complaints()));
    } catch (InterruptedException e) {
      Ending _ = kill(life, "the server is ending");
      Thread.currentThread().interrupt();
      throw failed(order, "the server is ending");
    } catch (ExecutionException e) {
      throw new IllegalStateException("readiness never fails", e);
    }
  }

  private static Ending kill(ForeignLife life, String cause) {
    life.stop(true, cause);
    return life.ended().join();
  }

  private ForeignLife launch(LifeOrder order, OutputLog log) throws KernelException {
    ConnectionInfo connection = choosePorts(order);
    LifeFolder folder = null;
    ClientSockets sockets = null;
    boolean launched = false;
    try {
      folder = LifeFolder.make(settings.runtime().resolve("foreign"));
      Path file = folder.path().resolve("kernel.json");
      ConnectionFiles.write(file, connection);
      LaunchCommand command = LaunchCommand.of(order, file, settings);
      sockets = ClientSockets.connect(zmq, connection, SocketLimits.DEFAULT);
      Inbox inbox = new Inbox(sockets::wakeup);
      Tether tether = tether(command, order, folder, inbox);
      WireCodec codec =
          new WireCodec(
              Signer.of(connection.signatureScheme(), connection.key()), new ReplayGuard());
      Relay relay = new Relay(sockets, codec, log);
      ForeignLife life = new ForeignLife(order, connection, inbox, sockets, relay, tether, spare);
      LifeFolder used = folder;
      CompletableFuture<Void> _ = life.ended().thenAccept(_ -> clean(connection, used));
      life.begin();
      launched = true;
      return life;
    } catch (IOException e) {
      // The runtime directory is full or gone.
      throw failed(order, String.valueOf(e.getMessage()));
    } finally {
      if (!launched) {
        if (sockets != null) {
          sockets.close();
        }
        clean(connection, folder);
      }
    }
  }

  private Tether tether(LaunchCommand command, LifeOrder order, LifeFolder folder, Inbox inbox)
      throws KernelException {
    TetherOrder wanted =
        new TetherOrder(
            settings.tether(),
            command.argv(),
            command.env(),
            order.cwd(),
            folder.path(),
            LAST_WORDS,
            null);
    try {
      return Tether.start(wanted, inbox::text, exit -> inbox.offer(new Command.Exited(exit)));
    } catch (IOException e) {
      // No such program, no more processes, a full disk.
      throw new KernelException(
          Reason.FAILED, "cannot start the kernel's process: " + e.getMessage());
    }
  }

  private ConnectionInfo choosePorts(LifeOrder order) throws KernelException {
    try {
      return ports.choose(ConnectionInfo.loopback(UUID.randomUUID().toString()));
    } catch (BindException e) {
      throw failed(order, String.valueOf(e.getMessage()));
    }
  }

  private void clean(ConnectionInfo connection, @Nullable LifeFolder folder) {
    ports.release(connection);
    if (folder != null) {
      folder.delete();
    }
  }

  private static Duration launchTimeout(String seconds) {
    try {
      long millis = Math.round(Double.parseDouble(seconds) * 1000);
      return millis > 0 ? Duration.ofMillis(millis) : LAUNCH_TIMEOUT;
    } catch (NumberFormatException e) {
      // Not given, or not a number: jupyter_server, too, goes on with its default.
      return LAUNCH_TIMEOUT;
    }
  }

  private static KernelException failed(LifeOrder order, String reason) {
    return new KernelException(
        Reason.FAILED, "the kernel '" + order.spec().name() + "' did not start: " + reason);
  }
}
