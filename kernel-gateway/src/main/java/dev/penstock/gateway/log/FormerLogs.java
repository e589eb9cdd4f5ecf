package dev.penstock.gateway.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories of logs that nobody writes, the one that was written longest ago first: it goes first
 * when all logs together are too large. Belongs to the thread that writes logs.
 */
final class FormerLogs {
  private static final Logger LOG = LoggerFactory.getLogger(FormerLogs.class);

  private final Deque<Former> formers = new ArrayDeque<>();
  private long bytes;

  private record Former(LogDirectory directory, long bytes, long modified) {}

  /** What other gateways left under this directory. */
  static FormerLogs find(Path root) throws IOException {
    FormerLogs found = new FormerLogs();
    List<Former> all;
    try (Stream<Path> directories = Files.list(root)) {
      all = directories.filter(Files::isDirectory).map(FormerLogs::former).toList();
    }
    all.stream().sorted(Comparator.comparingLong(Former::modified)).forEach(found::add);
    return found;
  }

  /** A log that was written until now. */
  void add(LogDirectory directory) {
    add(former(directory.path()));
  }

  void remove(LogDirectory directory) {
    formers.stream()
        .filter(former -> former.directory().equals(directory))
        .findFirst()
        .ifPresent(former -> {
          formers.remove(former);
          bytes -= former.bytes();
        });
  }

  /** Deletes the oldest until this many bytes are free or none is left; returns the bytes freed. */
  long free(long wanted) {
    long freed = 0;
    while (freed < wanted && !formers.isEmpty()) {
      Former oldest = formers.removeFirst();
      bytes -= oldest.bytes();
      freed += oldest.bytes();
      try {
        oldest.directory().delete();
      } catch (IOException e) {
        // What cannot be deleted cannot be counted on: others must go instead, the next time.
        LOG.atWarn().setCause(e).log("a former output log cannot be deleted");
      }
    }
    return freed;
  }

  long bytes() {
    return bytes;
  }

  private void add(Former former) {
    formers.addLast(former);
    bytes += former.bytes();
  }

  private static Former former(Path path) {
    LogDirectory directory = new LogDirectory(path);
    try {
      return new Former(directory, directory.bytes(), Files.getLastModifiedTime(path).toMillis());
    } catch (IOException e) {
      // It is not ours to read: it is neither shown nor counted, and deleted first.
      LOG.atWarn().setCause(e).log("a former output log cannot be read");
      return new Former(directory, 0, 0);
    }
  }
}
