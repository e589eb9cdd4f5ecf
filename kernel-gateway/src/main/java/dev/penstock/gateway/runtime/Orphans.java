package dev.penstock.gateway.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends what is left of workers' process groups when the keeper, who would do it, is gone. */
public final class Orphans {
  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

  /** Fields of {@code /proc/<pid>/stat} after the command name: state, parent, process group, … */
  private static final int GROUP = 2;

  private Orphans() {}

  /** Kills every process whose process group is led by one of these workers. */
  public static void end(Set<Long> workers) {
    List<ProcessHandle> all = ProcessHandle.allProcesses().toList();
    for (ProcessHandle process : all) {
      if (workers.contains(group(process.pid()))) {
        process.destroyForcibly();
        LOG.atWarn().addKeyValue("pid", process.pid()).log("orphan ended");
      }
    }
  }

  /** A process's group, or -1 if it is gone or the system has no /proc. */
  private static long group(long pid) {
    try {
      String stat =
          Files.readString(
              Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", GROUP + 2);
      return Long.parseLong(fields[GROUP]);
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      // It ended while we looked: nothing to end.
      return -1;
    }
  }
}
