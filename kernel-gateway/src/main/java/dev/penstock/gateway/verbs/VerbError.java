package dev.penstock.gateway.verbs;

import dev.penstock.gateway.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Why code did not do what it was to do.
 *
 * @param ename class of the Python exception; {@code TimeoutError} after a time limit, {@code
 *     KeyboardInterrupt} after an interrupt, {@code DeadKernelError} if the worker ended
 * @param evalue its text
 * @param traceback its lines, without colours
 */
public record VerbError(String ename, String evalue, List<String> traceback) {
  /** Takes the traceback as it is now. */
  public VerbError {
    traceback = List.copyOf(traceback);
  }

  /** What a reply or an error message says. */
  static VerbError of(JsonNode content) {
    List<String> lines = new ArrayList<>();
    content.path("traceback").forEach(line -> lines.add(line.asString("")));
    return new VerbError(
        Objects.requireNonNullElse(Json.text(content, "ename"), "Error"),
        Objects.requireNonNullElse(Json.text(content, "evalue"), ""),
        lines);
  }

  /** The kernel has ended. */
  static VerbError ended() {
    return named("DeadKernelError", "the kernel has ended");
  }

  /** An error that no Python raised. */
  static VerbError named(String ename, String evalue) {
    return new VerbError(ename, evalue, List.of(ename + ": " + evalue));
  }
}
