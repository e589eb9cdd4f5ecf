package dev.penstock.gateway.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What clients send reaches every language as it was, and runs in none. */
class AssignmentTest {
  private static final String HOSTILE =
      "$(echo run) `echo run` ${HOME} #{7*6} @{[7*6]} %s !! \\ \\\\ \" ' \n\t\0 \u007f ä😀 $x;";

  private static ObjectNode request() {
    return Json.object().put("body", HOSTILE).put(HOSTILE, "$1");
  }

  @Test
  void onlyPlainCharactersAreLeft() {
    assertThat(Assignment.of(request(), "python")).matches("REQUEST = [ -~&&[^$`#@%!'<>&~^]]*");
    assertThat(Assignment.of(request(), "bash")).startsWith("REQUEST=\"{");
    assertThat(Assignment.of(request(), "perl")).startsWith("my $REQUEST = \"{");
  }

  @Test
  void bashRunsNothing() throws Exception {
    Path bash = Path.of("/bin/bash");
    assumeTrue(Files.isExecutable(bash), "bash is not installed");
    String printed =
        run(bash.toString(), Assignment.of(request(), "bash"), "printf %s \"$REQUEST\"");
    assertThat(Json.readObject(printed.getBytes(StandardCharsets.UTF_8)).path("body").asString())
        .isEqualTo(HOSTILE);
  }

  @Test
  void perlRunsNothing() throws Exception {
    Path perl = Path.of("/usr/bin/perl");
    assumeTrue(Files.isExecutable(perl), "perl is not installed");
    String printed =
        run(perl.toString(), Assignment.of(request(), "perl") + ";", "print $REQUEST;");
    assertThat(Json.readObject(printed.getBytes(StandardCharsets.UTF_8)).path("body").asString())
        .isEqualTo(HOSTILE);
  }

  /** What an interpreter prints for a script. */
  private static String run(String interpreter, String... lines)
      throws IOException, InterruptedException {
    Path script = Files.createTempFile("assignment", ".txt");
    try {
      Files.write(script, List.of(lines));
      Process process = new ProcessBuilder(interpreter, script.toString()).start();
      byte[] printed = process.getInputStream().readAllBytes();
      assertThat(process.waitFor()).isZero();
      return new String(printed, StandardCharsets.UTF_8);
    } finally {
      Files.delete(script);
    }
  }
}
