package dev.penstock.gateway.commands;

import dev.penstock.gateway.tether.WindowSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command that somebody wants to be run.
 *
 * @param asked digest of the call's body, by which a repeated call is known
 * @param argv as it was asked for
 * @param program the program's path
 * @param env the whole environment; of a command that has been started, nothing
 * @param input whether it can be sent input
 * @param merge whether stderr is to be one with stdout
 * @param terminal size of its terminal; null for pipes
 * @param binary whether its output is told in Base64, not as text
 */
record CommandOrder(
    String asked,
    String id,
    List<String> argv,
    String program,
    Map<String, String> env,
    Path cwd,
    boolean input,
    boolean merge,
    @Nullable WindowSize terminal,
    boolean binary,
    Limits limits) {
  /** What is remembered of it: environments may be large, and secret. */
  CommandOrder remembered() {
    return new CommandOrder(
        asked, id, argv, program, Map.of(), cwd, input, merge, terminal, binary, limits);
  }

  /**
   * After how long it is ended; null for never.
   *
   * @param time from its start
   * @param idle without output
   * @param unwatched from when its last viewer left
   */
  record Limits(@Nullable Duration time, @Nullable Duration idle, @Nullable Duration unwatched) {
    boolean isNone() {
      return time == null && idle == null && unwatched == null;
    }
  }
}
