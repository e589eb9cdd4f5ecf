package dev.penstock.gateway.usage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads files of Linux's /proc. Elsewhere, and for processes that are gone, they are empty. */
final class ProcFiles {
  private static final long KIB = 1024;
  private static final String UNIT = " kB";

  private ProcFiles() {}

  /** The lines of a file, none when it cannot be read. */
  static List<String> lines(String path) {
    try {
      return Files.readAllLines(Path.of(path), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // No /proc on this system, or the process has just ended: there is nothing to tell.
      return List.of();
    }
  }

  /** Names and sizes in bytes of a file with lines such as {@code MemTotal: 24684096 kB}. */
  static Map<String, Long> sizes(String path) {
    Map<String, Long> sizes = new HashMap<>();
    for (String line : lines(path)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.endsWith(UNIT)) {
        String size = line.substring(colon + 1, line.length() - UNIT.length()).trim();
        sizes.put(line.substring(0, colon), Long.parseLong(size) * KIB);
      }
    }
    return sizes;
  }

  /**
   * The process and all that descend from it, by the lists of children that Linux keeps: looking
   * through all processes of a machine takes many times longer. Null where it keeps none.
   */
  static @Nullable List<Long> family(long pid) {
    if (!Files.exists(Path.of("/proc/%d/task/%d/children".formatted(pid, pid)))) {
      return null;
    }
    List<Long> family = new ArrayList<>(List.of(pid));
    for (int i = 0; i < family.size(); i++) {
      addChildren(family.get(i), family);
    }
    return family;
  }

  private static void addChildren(long pid, List<Long> family) {
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads) {
        for (String line : lines(thread.resolve("children").toString())) {
          for (String child : line.strip().split(" ", -1)) {
            if (!child.isEmpty()) {
              family.add(Long.parseLong(child));
            }
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The process has just ended, and has no children any more.
    }
  }
}
