package dev.penstock.gateway.commands;

import java.util.Map;
import java.util.Set;

/** Names of signals: those that clients may send, and those that end processes. */
final class Signals {
  private static final Set<String> SENT =
      Set.of(
          "SIGHUP",
          "SIGINT",
          "SIGQUIT",
          "SIGKILL",
          "SIGUSR1",
          "SIGUSR2",
          "SIGALRM",
          "SIGTERM",
          "SIGCONT",
          "SIGSTOP",
          "SIGTSTP",
          "SIGWINCH");

  /** Numbers that are the same on all systems. */
  private static final Map<Integer, String> ENDS =
      Map.ofEntries(
          Map.entry(1, "SIGHUP"),
          Map.entry(2, "SIGINT"),
          Map.entry(3, "SIGQUIT"),
          Map.entry(4, "SIGILL"),
          Map.entry(5, "SIGTRAP"),
          Map.entry(6, "SIGABRT"),
          Map.entry(8, "SIGFPE"),
          Map.entry(9, "SIGKILL"),
          Map.entry(11, "SIGSEGV"),
          Map.entry(13, "SIGPIPE"),
          Map.entry(14, "SIGALRM"),
          Map.entry(15, "SIGTERM"),
          Map.entry(24, "SIGXCPU"),
          Map.entry(25, "SIGXFSZ"));

  private Signals() {}

  /** Whether clients may send the signal of this name. */
  static boolean maySend(String name) {
    return SENT.contains(name);
  }

  /** The name of a signal that ended a process, or its number where names differ by system. */
  static String name(int number) {
    return ENDS.getOrDefault(number, Integer.toString(number));
  }
}
