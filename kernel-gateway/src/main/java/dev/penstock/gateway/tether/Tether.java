package dev.penstock.gateway.tether;

import dev.penstock.gateway.json.Json;
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
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The process of a kernel or a command, a child of a small process that ends it when this one is
 * gone (docs/local-sockets.md, "Tether"). Thread-safe.
 */
public final class Tether {
  public static final int SIGINT = 2;
  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;

  /** Bytes of input that may wait for a process that does not read. */
  public static final long MAX_INPUT = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Tether.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final int INPUT_PIECE = 48 << 10;
  private static final int NONCE_BYTES = 16;
  private static final long STACK_BYTES = 128 << 10;

  private final Process process;
  private final Duration lastWords;
  private final IntConsumer onExit;
  private final CompletableFuture<ObjectNode> started = new CompletableFuture<>();
  private final CompletableFuture<Lanes> lanes = new CompletableFuture<>();
  private final AtomicLong waitingInput = new AtomicLong();
  private volatile long pid;

  private Tether(Process process, Duration lastWords, IntConsumer onExit) {
    this.process = process;
    this.lastWords = lastWords;
    this.onExit = onExit;
  }

  /**
   * Starts a process and returns when it runs.
   *
   * @param sink takes what the process writes; waits when it has no room
   * @param onExit is told once, on a thread of the tether, that the process is gone and all it
   *     wrote was delivered: its exit code, or the negative number of the signal that killed it
   * @throws IOException if it cannot be started, which says why; {@code onExit} is not called then
   */
  public static Tether start(TetherOrder order, Lanes.Sink sink, IntConsumer onExit)
      throws IOException {
    Path complaints = order.folder().resolve("tether.log");
    Process process = new ProcessBuilder(order.tether()).redirectError(complaints.toFile()).start();
    Tether made = new Tether(process, order.lastWords(), onExit);
    made.run(order, complaints, sink);
    return made;
  }

  /** Number of the process. */
  public long pid() {
    return pid;
  }

  /** Signals the group of the process; nothing happens once it is gone. */
  public void signal(int number) {
    tell(Json.object().put("signal", number));
  }

  /** The same by the name of the signal, one of those that Python knows on this system. */
  public void signal(String name) {
    tell(Json.object().put("signal", name));
  }

  /** Gives the terminal of the process another size. */
  public void resize(WindowSize size) {
    tell(Json.object().put("rows", size.rows()).put("columns", size.columns()));
  }

  /**
   * Hands the process input, which it reads when it likes.
   *
   * @return false, with nothing handed over, if too much waits already ({@link #MAX_INPUT})
   */
  public synchronized boolean input(byte[] data) {
    long before = waitingInput.getAndAdd(data.length);
    if (before > 0 && before + data.length > MAX_INPUT) {
      waitingInput.addAndGet(-data.length);
      return false;
    }
    for (int at = 0; at < data.length; at += INPUT_PIECE) {
      byte[] piece = Arrays.copyOfRange(data, at, Math.min(data.length, at + INPUT_PIECE));
      tell(Json.object().put("input", Base64.getEncoder().encodeToString(piece)));
    }
    return true;
  }

  /** Ends the input of the process, after what was handed over. */
  public void endInput() {
    tell(Json.object().put("end_input", true));
  }

  private synchronized void tell(ObjectNode line) {
    try {
      send(line);
    } catch (IOException e) {
      // The tether has ended, and the process with it: onExit tells it.
      LOG.atDebug().addKeyValue("pid", pid).setCause(e).log("process is gone");
    }
  }

  /** Ends the process, if it still runs, with its whole group. */
  public synchronized void end() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended: that was wanted.
      LOG.atDebug().addKeyValue("pid", pid).setCause(e).log("tether is gone");
    }
  }

  private void run(TetherOrder order, Path complaints, Lanes.Sink sink) throws IOException {
    Thread reader = new Thread(null, this::read, "tether", STACK_BYTES);
    reader.setDaemon(true);
    reader.start();
    Path out = order.folder().resolve("out");
    Path err = order.folder().resolve("err");
    ObjectNode request = order.line();
    request.putArray("lanes").add(out.toString()).add(err.toString());
    boolean done = false;
    try {
      send(request);
      ObjectNode answer = started.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      String error = Json.text(answer, "error");
      if (error != null) {
        throw new IOException(error);
      }
      pid = Json.integer(answer, "pid", 0);
      byte[] nonce = new byte[NONCE_BYTES];
      RANDOM.nextBytes(nonce);
      lanes.complete(Lanes.open(out, err, nonce, new LaneOrder(), sink));
      done = true;
    } catch (ExecutionException | TimeoutException e) {
      // It said nothing: what Python wrote to stderr is the reason.
      throw new IOException("its tether did not start: " + Files.readString(complaints).strip(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
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
        if (answer.has("taken")) {
          waitingInput.addAndGet(-Json.integer(answer, "taken", 0));
        } else {
          started.complete(answer);
        }
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
      open.finish(lastWords);
      end();
      onExit.accept(exit);
    }
  }

  /** The tether was killed: nobody else ends the process. */
  private void lost() {
    if (opened() != null) {
      LOG.atWarn().addKeyValue("pid", pid).log("tether lost");
      Orphans.end(Set.of(pid));
      ended(-SIGKILL);
    }
  }

  /** The lanes, or null if the process was not started. Waits until that is known. */
  private @Nullable Lanes opened() {
    return lanes.handle((opened, failure) -> opened).join();
  }
}
