package dev.penstock.gateway.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.gateway.json.Json;
import dev.penstock.gateway.kernels.LifeOrder;
import dev.penstock.gateway.specs.KernelSpec;
import dev.penstock.protocol.zmq.ZmqRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** Starts real kernels with the Python in {@code -Dpenstock.test.python}. */
final class TestingKernels {
  /** A kernel whose command is Python with these arguments. */
  static final String IPYKERNEL =
      "\"-m\", \"ipykernel_launcher\", \"-f\", \"{connection_file}\", \"--HistoryManager.hist_file=:memory:\"";

  private final Path folder;
  private final Path python;

  TestingKernels(Path folder) {
    this.folder = folder;
    String given = System.getProperty("penstock.test.python", "");
    assumeTrue(!given.isEmpty(), "set -Dpenstock.test.python to a Python that has ipykernel");
    this.python = Path.of(given);
  }

  ForeignStarter starter(ZmqRuntime zmq) throws Exception {
    String main = ask("import penstock.keeper as k; print(k.__path__[0] + '/__main__.py')");
    List<String> tether = List.of(python.toString(), "-I", "-S", "-X", "utf8", main, "tether");
    Path prefix = Path.of(ask("import sys; print(sys.prefix)"));
    return new ForeignStarter(new ForeignSettings(tether, python, prefix, folder), zmq);
  }

  /** An order of a kernel; {@code more} follows argv in its kernel.json. */
  LifeOrder order(String arguments, String more, Map<String, String> extra) throws IOException {
    String json = "{\"argv\": [\"python3\", %s]%s}".formatted(arguments, more);
    KernelSpec spec =
        new KernelSpec("it", folder, Json.readObject(json.getBytes(StandardCharsets.UTF_8)));
    Map<String, String> env = new HashMap<>(System.getenv());
    env.put("IPYTHONDIR", folder.resolve("ipython").toString());
    env.putAll(extra);
    return new LifeOrder(UUID.randomUUID().toString(), spec, folder, env);
  }

  /** A script among the tests' resources, as a file. */
  Path script(String resource) throws IOException {
    Path file = folder.resolve(resource.substring(1));
    try (InputStream content =
        Objects.requireNonNull(TestingKernels.class.getResourceAsStream(resource))) {
      Files.copy(content, file);
    }
    return file;
  }

  private String ask(String code) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(python.toString(), "-c", code)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return answer.strip();
  }

  /** Waits until a process is gone. */
  static void awaitEnd(long pid) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (isAlive(pid)) {
      assertThat(System.nanoTime()).as("process %d lives", pid).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Whether a process is there and no zombie. */
  static boolean isAlive(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false; // it is gone
    }
  }
}
