package dev.penstock.gateway.foreign;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What kernels write to their stdout and stderr while no cell runs, such as warnings at their
 * start: one file for all, mode 0600, and one before it. A full disk loses text, never a kernel.
 * Thread-safe.
 */
final class SpareOutput {
  private static final Logger LOG = LoggerFactory.getLogger(SpareOutput.class);
  private static final long MAX_BYTES = 1 << 20;

  private final Path file;

  SpareOutput(Path file) {
    this.file = file;
  }

  /** Appends text of a kernel. */
  synchronized void add(String kernelId, String text) {
    try {
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } else if (Files.size(file) > MAX_BYTES) {
        Path before = file.resolveSibling(file.getFileName() + ".1");
        Files.move(file, before, StandardCopyOption.REPLACE_EXISTING);
        add(kernelId, text);
        return;
      }
      String line = "[" + kernelId + "] " + text.stripTrailing().replace("\n", "\n  ") + "\n";
      Files.write(file, line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", file).setCause(e).log("output of a kernel not written");
    }
  }
}
