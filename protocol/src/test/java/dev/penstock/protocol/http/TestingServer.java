package dev.penstock.protocol.http;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.protocol.json.Trees;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** {@code penstock serve} as a process, with directories of its own. */
record TestingServer(Process process, Path folder, URI url) implements AutoCloseable {

  static final String TOKEN = "known to the test";
  private static final String PYTHON = System.getProperty("penstock.test.python", "");

  static TestingServer start() throws IOException {
    assumeTrue(
        !PYTHON.isEmpty(), "set -Dpenstock.test.python to a Python that has penstock installed");
    // Not JUnit's: paths of sockets must be short.
    Path folder = Files.createTempDirectory("ph-");
    Path root = Files.createDirectory(folder.resolve("root"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(PYTHON).resolveSibling("penstock").toString(),
            "serve",
            "--json",
            "--port=0",
            "--root-dir=" + root);
    builder.environment().put("PENSTOCK_TOKEN", TOKEN);
    builder.environment().put("PENSTOCK_AOT", "off");
    builder.environment().put("PENSTOCK_RUNTIME_DIR", folder.resolve("p").toString());
    builder.environment().put("XDG_STATE_HOME", folder.resolve("state").toString());
    builder.environment().put("IPYTHONDIR", folder.resolve("ipython").toString());
    Process process = builder.redirectError(folder.resolve("log").toFile()).start();
    return new TestingServer(process, folder, URI.create(Trees.text(told(process), "url")));
  }

  /** One JSON value, which ends with its brace. */
  private static JsonNode told(Process process) throws IOException {
    StringBuilder said = new StringBuilder();
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      said.append(line).append('\n');
      if (line.equals("}")) {
        return Json.read(said.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
    throw new IOException("penstock serve did not start");
  }

  PenstockClient client() {
    return PenstockClient.of(url, TOKEN);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    process.onExit().orTimeout(40, TimeUnit.SECONDS).join();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
