package dev.penstock.gateway.usage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads files of Linux's /proc. Elsewhere, and for processes that are gone, they are empty. */
final class ProcFiles {
  private static final long KIB = 1024;

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
      String[] words = line.split("[:\\s]+", -1);
      if (words.length >= 3 && words[2].equals("kB")) {
        sizes.put(words[0], Long.parseLong(words[1]) * KIB);
      }
    }
    return sizes;
  }
}
