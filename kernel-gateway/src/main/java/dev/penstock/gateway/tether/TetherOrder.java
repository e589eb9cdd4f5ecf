package dev.penstock.gateway.tether;

import dev.penstock.gateway.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A process to be started on a tether.
 *
 * @param tether command of the tether itself (docs/local-sockets.md, "Tether")
 * @param argv the program first, with its path
 * @param env the whole environment
 * @param folder a private folder of this process, in which its FIFOs are made
 * @param lastWords how long what it wrote may take to be delivered once it has ended
 * @param command what is different for a command; null for a kernel
 */
public record TetherOrder(
    List<String> tether,
    List<String> argv,
    Map<String, String> env,
    Path cwd,
    Path folder,
    Duration lastWords,
    @Nullable Kind command) {

  /**
   * How a command is connected.
   *
   * @param input whether it can be sent input; without, and without a terminal, it has none
   * @param merge whether its stderr goes where its stdout goes
   * @param terminal size of its terminal; null if it has pipes
   */
  public record Kind(boolean input, boolean merge, @Nullable WindowSize terminal) {}

  /** The tether's first line, without the lanes. */
  ObjectNode line() {
    ObjectNode line = Json.object().put("cwd", cwd.toString());
    argv.forEach(line.putArray("argv")::add);
    env.forEach(line.putObject("env")::put);
    if (command != null) {
      ObjectNode kind = line.putObject("command");
      kind.put("input", command.input()).put("merge", command.merge());
      WindowSize size = command.terminal();
      if (size != null) {
        kind.put("rows", size.rows()).put("columns", size.columns());
      }
    }
    return line;
  }
}
