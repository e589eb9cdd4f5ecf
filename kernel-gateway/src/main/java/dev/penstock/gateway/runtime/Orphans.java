package dev.penstock.gateway.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
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

  /**
   * Kills every process of a group whose number may be that of another PID namespace. What this
   * process cannot see there it cannot end.
   *
   * @param leader the group's number, as its members see it
   * @param pidNamespace the namespace, as {@code /proc/<pid>/ns/pid} names it; empty for our own
   */
  public static void endGroup(long leader, String pidNamespace) {
    if (pidNamespace.isEmpty() || pidNamespace.equals(namespace("self"))) {
      end(Set.of(leader));
      return;
    }
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      String pid = Long.toString(process.pid());
      if (pidNamespace.equals(namespace(pid)) && leader == innerGroup(pid)) {
        process.destroyForcibly();
        LOG.atWarn().addKeyValue("pid", process.pid()).log("orphan ended");
      }
    }
  }

  private static String namespace(String pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", pid, "ns", "pid")).toString();
    } catch (IOException e) {
      // It ended, is not ours to look at, or the system has no namespaces: then it is not meant.
      return "";
    }
  }

  /** A process's group as its own PID namespace numbers it, or -1 if it is gone. */
  private static long innerGroup(String pid) {
    try (Stream<String> lines =
        Files.lines(Path.of("/proc", pid, "status"), StandardCharsets.ISO_8859_1)) {
      // "NSpgid:", then the number in each namespace from ours to its own
      String line = lines.filter(l -> l.startsWith("NSpgid:")).findFirst().orElse("-1");
      return Long.parseLong(line.substring(line.lastIndexOf('\t') + 1));
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      // It ended while we looked: nothing to end.
      return -1;
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
