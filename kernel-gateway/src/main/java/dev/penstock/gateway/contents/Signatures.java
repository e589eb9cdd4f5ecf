package dev.penstock.gateway.contents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes of trusted notebooks, the newest 65,536: in memory, and one a line in a file (mode 0600)
 * if there is to be one. Who can write that file is this user, and could run anything anyway, so no
 * key signs the hashes. Thread-safe.
 */
final class Signatures {
  /** As many as nbformat's notary keeps. */
  private static final int KEPT = 65_536;

  private static final Logger LOG = LoggerFactory.getLogger(Signatures.class);

  private final @Nullable Path file;
  private final LinkedHashSet<String> known = new LinkedHashSet<>();
  private int lines;

  /** Starts with what the file has, if there is a file. */
  Signatures(@Nullable Path file) {
    this.file = file;
    if (file != null) {
      load(file);
    }
  }

  private void load(Path from) {
    try {
      List<String> hashes = Files.readAllLines(from);
      lines = hashes.size();
      hashes.forEach(this::remember);
    } catch (NoSuchFileException e) {
      // Nothing was trusted yet.
    } catch (IOException e) {
      LOG.warn("trusted notebooks are forgotten: {} cannot be read", from, e);
    }
  }

  private void remember(String hash) {
    known.addLast(hash);
    if (known.size() > KEPT) {
      known.removeFirst();
    }
  }

  synchronized boolean contains(String hash) {
    return known.contains(hash);
  }

  synchronized void add(String hash) {
    boolean isNew = !known.contains(hash);
    remember(hash);
    if (isNew && file != null) {
      store(file, hash);
    }
  }

  private void store(Path to, String hash) {
    try {
      if (lines >= 2 * KEPT) {
        rewrite(to, new ArrayList<>(known));
      } else {
        write(to, List.of(hash), StandardOpenOption.APPEND);
        lines++;
      }
    } catch (IOException e) {
      // The notebook is saved all the same; after a restart its outputs are shown without scripts.
      LOG.warn("trusted notebooks are not remembered: {} cannot be written", to, e);
    }
  }

  private void rewrite(Path to, Collection<String> hashes) throws IOException {
    Path next = to.resolveSibling(to.getFileName() + ".new");
    Files.deleteIfExists(next);
    write(next, hashes, StandardOpenOption.CREATE_NEW);
    Files.move(next, to, StandardCopyOption.ATOMIC_MOVE);
    lines = hashes.size();
  }

  private static void write(Path to, Collection<String> hashes, StandardOpenOption how)
      throws IOException {
    byte[] text = (String.join("\n", hashes) + "\n").getBytes(StandardCharsets.US_ASCII);
    try (var channel =
        Files.newByteChannel(
            to,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, how),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }
}
