package dev.penstock.gateway.foreign;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.KernelException;
import dev.penstock.gateway.lane.LaneOrder;
import dev.penstock.gateway.lane.Lanes;
import dev.penstock.gateway.runtime.Orphans;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A kernel's process, a child of a small process that ends it when this one is gone
 * (docs/local-sockets.md, "Tether"). Thread-safe.
 */
final class Tether {
  static final int SIGINT = 2;
  static final int SIGKILL = 9;
  static final int SIGTERM = 15;

  private static final Logger LOG = LoggerFactory.getLogger(Tether.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final int NONCE_BYTES = 16;
  private static final long STACK_BYTES = 128 << 10;

  private final Process process;
  private final IntConsumer onExit;
  private final CompletableFuture<ObjectNode> started = new CompletableFuture<>();
  private final CompletableFuture<Lanes> lanes = new CompletableFuture<>();
  private volatile long pid;

  private Tether(Process process, IntConsumer onExit) {
    this.process = process;
    this.onExit = onExit;
  }

  /**
   * Starts a kernel's process and returns when it runs.
   *
   * @param folder a private folder of this kernel, in which {@code out} and {@code err} are made
   * @param sink takes what the process writes; waits when it has no room
   * @param onExit is told once, on a thread of the tether, that the process is gone and all it
   *     wrote was delivered: its exit code, or the negative number of the signal that killed it
   * @throws KernelException if it cannot be started; {@code onExit} is not called then
   */
  static Tether start(
      List<String> tether,
      LaunchCommand command,
      Path cwd,
      Path folder,
      Lanes.Sink sink,
      IntConsumer onExit)
      throws KernelException {
    Path complaints = folder.resolve("tether.log");
    try {
      Process process = new ProcessBuilder(tether).redirectError(complaints.toFile()).start();
      Tether made = new Tether(process, onExit);
      made.run(command, cwd, folder, complaints, sink);
      return made;
    } catch (IOException e) {
      // No such interpreter, no more processes, a full disk.
      throw failed(String.valueOf(e.getMessage()));
    }
  }

  /** The kernel's process. */
  long pid() {
    return pid;
  }

  /** Signals the kernel's process group; nothing happens once it is gone. */
  synchronized void signal(int number) {
    try {
      send(Json.object().put("signal", number));
    } catch (IOException e) {
      // The tether has ended, and the kernel with it: onExit tells it.
      LOG.atDebug().addKeyValue("pid", pid).setCause(e).log("kernel is gone");
    }
  }

  /** Ends the process, if it still runs, with its whole group. */
  synchronized void end() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended: that was wanted.
      LOG.atDebug().addKeyValue("pid", pid).setCause(e).log("tether is gone");
    }
  }

  private void run(LaunchCommand command, Path cwd, Path folder, Path complaints, Lanes.Sink sink)
      throws IOException, KernelException {
    Thread reader = new Thread(null, this::read, "tether", STACK_BYTES);
    reader.setDaemon(true);
    reader.start();
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ObjectNode request = Json.object().put("cwd", cwd.toString());
    command.argv().forEach(request.putArray("argv")::add);
    command.env().forEach(request.putObject("env")::put);
    request.putArray("lanes").add(out.toString()).add(err.toString());
    boolean done = false;
    try {
      send(request);
      ObjectNode answer = started.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      String error = Json.text(answer, "error");
      if (error != null) {
        throw failed(error);
      }
      pid = Json.integer(answer, "pid", 0);
      byte[] nonce = new byte[NONCE_BYTES];
      RANDOM.nextBytes(nonce);
      lanes.complete(Lanes.open(out, err, nonce, new LaneOrder(), sink));
      done = true;
    } catch (ExecutionException | TimeoutException e) {
      // It said nothing: what Python wrote to stderr is the reason.
      throw failed("its tether did not start: " + Files.readString(complaints).strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    } finally {
      if (!done) {
        lanes.cancel(false);
        end();
      }
    }
  }

  private void send(ObjectNode line) throws IOException {
    OutputStream out = process.getOutputStream();
    out.write(Json.bytes(line));
    out.write('\n');
    out.flush();
  }

  /** Tether's thread: reads its answers until the end. */
  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null) {
        ObjectNode answer = Json.readObject(line.getBytes(StandardCharsets.UTF_8));
        if (answer.has("exit")) {
          ended((int) Json.integer(answer, "exit", 1));
          return;
        }
        started.complete(answer);
        line = lines.readLine();
      }
    } catch (IOException e) {
      // Half a line: the tether was killed while it wrote.
      LOG.atDebug().addKeyValue("pid", pid).setCause(e).log("tether broke off");
    }
    started.completeExceptionally(new IOException("the tether ended"));
    lost();
  }

  private void ended(int exit) {
    Lanes open = opened();
    if (open != null) {
      open.finish(LAST_WORDS);
      onExit.accept(exit);
    }
  }

  /** The tether was killed: nobody else ends the kernel. */
  private void lost() {
    if (opened() != null) {
      LOG.atWarn().addKeyValue("pid", pid).log("tether lost");
      Orphans.end(Set.of(pid));
      ended(-SIGKILL);
    }
  }

  /** The lanes, or null if the kernel was not started. Waits until that is known. */
  private @Nullable Lanes opened() {
    return lanes.handle((opened, failure) -> opened).join();
  }

  private static KernelException failed(String reason) {
    return new KernelException(
        KernelException.Reason.FAILED, "cannot start the kernel's process: " + reason);
  }
}
