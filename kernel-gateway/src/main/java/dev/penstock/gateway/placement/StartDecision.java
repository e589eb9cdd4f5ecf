package dev.penstock.gateway.placement;

import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether a fork can equal a fresh start (design, decision 5).
 *
 * @param path the way to go
 * @param reason why, for the log
 */
public record StartDecision(StartPath path, String reason) {
  /** The option that names the connection file; a fork takes it, too. */
  public static final String CONNECTION_FILE = "-f";

  /**
   * Traits that a fork can still set: its history manager is made after the fork (nbclient always
   * sets one of them).
   */
  private static final List<String> LATE_TRAITS =
      List.of("--HistoryManager.", "--HistoryAccessor.");

  /** Decides from what the client alone says, before a zygote is asked for. */
  public static StartDecision before(WorkerOrder order) {
    if (order.fresh()) {
      return new StartDecision(StartPath.FRESH, "asked for");
    }
    for (String argument : order.args()) {
      if (argument.startsWith("-") && !isLate(argument)) {
        return new StartDecision(StartPath.FRESH, "argument " + name(argument));
      }
    }
    return new StartDecision(StartPath.FORK, "same environment");
  }

  /** Decides against a running zygote, which was started with these start-only variables. */
  public static StartDecision against(WorkerOrder order, ObjectNode zygoteStartOnly) {
    if (order.startOnly().equals(zygoteStartOnly)) {
      return new StartDecision(StartPath.FORK, "same environment");
    }
    TreeSet<String> differing = new TreeSet<>();
    order.startOnly().propertyNames().forEach(differing::add);
    zygoteStartOnly.propertyNames().forEach(differing::add);
    differing.removeIf(name -> order.startOnly().path(name).equals(zygoteStartOnly.path(name)));
    return new StartDecision(
        StartPath.FRESH, "environment differs: " + String.join(", ", differing));
  }

  private static boolean isLate(String argument) {
    return argument.equals(CONNECTION_FILE) || LATE_TRAITS.stream().anyMatch(argument::startsWith);
  }

  /** An argument without its value, which is the user's. */
  private static String name(String argument) {
    int equals = argument.indexOf('=');
    return equals < 0 ? argument : argument.substring(0, equals);
  }
}
