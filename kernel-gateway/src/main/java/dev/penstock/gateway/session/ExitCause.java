package dev.penstock.gateway.session;

import dev.penstock.gateway.keeper.WorkerExit;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Says in words why a worker or another kernel ended (design, "a death is told"). */
public final class ExitCause {
  private static final Map<Integer, String> SIGNALS =
      Map.ofEntries(
          Map.entry(1, "SIGHUP, hang-up"),
          Map.entry(2, "SIGINT, interrupt"),
          Map.entry(3, "SIGQUIT, quit"),
          Map.entry(4, "SIGILL, illegal instruction"),
          Map.entry(6, "SIGABRT, abort"),
          Map.entry(7, "SIGBUS, bus error"),
          Map.entry(8, "SIGFPE, arithmetic error in native code"),
          Map.entry(9, "SIGKILL"),
          Map.entry(11, "SIGSEGV, segmentation fault in native code"),
          Map.entry(13, "SIGPIPE, broken pipe"),
          Map.entry(14, "SIGALRM, alarm clock"),
          Map.entry(15, "SIGTERM, terminated"),
          Map.entry(24, "SIGXCPU, CPU time limit"),
          Map.entry(25, "SIGXFSZ, file size limit"),
          Map.entry(31, "SIGSYS, forbidden system call"));

  private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB");

  private ExitCause() {}

  /**
   * One sentence about an exit that nobody asked for.
   *
   * @param memoryLimit the session's limit in bytes, 0 if it has none
   */
  static String of(WorkerExit exit, boolean starting, long memoryLimit) {
    String when = starting ? " while it was starting" : "";
    if (exit.code() >= 0) {
      return "The Python process ended"
          + when
          + " with exit code "
          + exit.code()
          + (exit.code() == 0 ? "." : " (os._exit, or a fatal error in native code).");
    }
    int signal = -exit.code();
    return "The Python process was killed"
        + when
        + " by signal "
        + signal
        + " ("
        + name(signal)
        + ")"
        + memory(exit, memoryLimit)
        + ".";
  }

  /**
   * One sentence about an exit of another kernel's process that nobody asked for.
   *
   * @param code exit code, or the negative number of the signal that killed it
   */
  public static String ofKernel(int code, boolean starting) {
    String when = starting ? " while it was starting" : "";
    return code >= 0
        ? "The kernel's process ended" + when + " with exit code " + code + "."
        : "The kernel's process was killed"
            + when
            + " by signal "
            + -code
            + " ("
            + name(-code)
            + ").";
  }

  private static String name(int signal) {
    return SIGNALS.getOrDefault(signal, "no common name");
  }

  private static String memory(WorkerExit exit, long memoryLimit) {
    if (exit.overLimit()) {
      return ": it used more memory than its limit of " + size(memoryLimit);
    }
    String used =
        exit.rssKiB() > 0 ? "; it used " + size(exit.rssKiB() * 1024) + " when last seen" : "";
    if (exit.oom()) {
      return exit.certain()
          ? ": the system's out-of-memory killer ended it, because memory ran out" + used
          : ": the system's out-of-memory killer was at work, so it probably ran out of memory"
              + used;
    }
    return exit.code() == -9 ? ": someone killed it, or the system did" + used : "";
  }

  /** A size for people, rounded to a tenth: "300 MiB", "1.5 GiB". */
  static String size(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.size() - 1) {
      value /= 1024;
      unit++;
    }
    return new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value)
        + " "
        + UNITS.get(unit);
  }
}
