package dev.penstock.gateway.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of one log, mode 0700. Belongs to the thread that writes logs. */
record LogDirectory(Path path) {
  private static final Logger LOG = LoggerFactory.getLogger(LogDirectory.class);
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** Kernel ids that can be names of directories; clients may choose others. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");

  /** An empty file that says: nothing was said after what is here. */
  private static final String COMPLETE = "complete";

  /**
   * After a crash nobody knows how many numbers were given to entries that are lost, and a reader
   * may have seen them: numbers go on at the next multiple of this.
   */
  static final long LIFE = 1_000_000_000;

  static LogDirectory of(Path root, String kernelId) {
    if (PLAIN.matcher(kernelId).matches()) {
      return new LogDirectory(root.resolve(kernelId));
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(kernelId.getBytes(StandardCharsets.UTF_8));
      return new LogDirectory(root.resolve("_" + HexFormat.of().formatHex(digest)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /** Makes a directory that only its owner may enter, and its parents. */
  static void makePrivate(Path directory) throws IOException {
    Files.createDirectories(directory, PRIVATE);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  boolean exists() {
    return Files.isDirectory(path);
  }

  /** The segments that can be read, in order; what cannot be is removed. */
  List<Segment> load() throws IOException {
    List<Segment> segments = new ArrayList<>();
    for (Path file : files()) {
      Segment before = segments.isEmpty() ? null : segments.getLast();
      Segment segment = Segment.isSegment(file) ? scan(file) : null;
      if (segment != null && before != null && segment.first() < before.next()) {
        // A crash came between writing the compacted file and deleting the whole one.
        Files.deleteIfExists(file);
      } else if (segment != null) {
        segments.add(segment);
      } else if (!file.endsWith(COMPLETE)) {
        Files.deleteIfExists(file);
      }
    }
    return segments;
  }

  /** Files in order of their first numbers, "compact" before "log". */
  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.sorted().toList();
    }
  }

  private static @Nullable Segment scan(Path file) throws IOException {
    try {
      return Segment.scan(file);
    } catch (DamagedLogException e) {
      // Begun just before a crash, or spoilt: nothing of it can be shown.
      LOG.atWarn()
          .addKeyValue("file", file.getFileName())
          .addKeyValue("reason", e.getMessage())
          .log("a part of a former output log cannot be read and is removed");
      return null;
    }
  }

  /** Makes it ready for writing: returns the number of the next entry. */
  long begin(List<Segment> found, boolean existed) throws IOException {
    boolean complete = Files.deleteIfExists(path.resolve(COMPLETE));
    long next = found.isEmpty() ? 0 : found.getLast().next();
    return complete || !existed ? next : (next / LIFE + 1) * LIFE;
  }

  /** Says that nothing is missing at the end. */
  void markComplete() throws IOException {
    Files.createFile(
        path.resolve(COMPLETE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Bytes of its files. */
  long bytes() throws IOException {
    long sum = 0;
    for (Path file : files()) {
      sum += Files.size(file);
    }
    return sum;
  }

  void delete() throws IOException {
    if (exists()) {
      for (Path file : files()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(path);
    }
  }
}
