package dev.penstock.gateway.tether;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A private folder, mode 0700, of one process: its FIFOs and what else it needs. The tether deletes
 * it, too, should this process not live to do so.
 */
public record LifeFolder(Path path) {
  private static final Logger LOG = LoggerFactory.getLogger(LifeFolder.class);

  /** Makes a folder of a new name. */
  public static LifeFolder make(Path parent) throws IOException {
    FileAttribute<?> mode =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(parent, mode);
    return new LifeFolder(
        Files.createDirectory(parent.resolve(UUID.randomUUID().toString()), mode));
  }

  /** Deletes it with its files; done by another before is done. */
  public void delete() {
    if (!Files.exists(path)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The tether was quicker, or the disk fails: files of some kB stay.
      LOG.atDebug().addKeyValue("folder", path).setCause(e).log("folder not deleted");
    }
  }
}
