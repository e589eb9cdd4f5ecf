package dev.penstock.gateway.contents;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How contents are served.
 *
 * @param allowHidden whether names that begin with a dot are listed and served
 * @param deleteFullDirectories whether a directory that is not empty may be deleted, for good:
 *     there is no trash, which would be outside the root
 * @param maxJsonBytes size of a file, in bytes, above which it is not put in a model
 * @param maxCopyBytes size of a directory, in bytes, above which it is not copied
 * @param umask permission bits that new files and directories do not get, such as 022 (octal)
 * @param signatures the file that remembers which notebooks are trusted, outside the root and in a
 *     private directory; null remembers them until the process ends
 */
public record Options(
    boolean allowHidden,
    boolean deleteFullDirectories,
    long maxJsonBytes,
    long maxCopyBytes,
    int umask,
    @Nullable Path signatures) {
  /** Arrays and strings of Java hold no more. */
  private static final long MAX_JSON_BYTES = 1 << 30;

  private static final long MIB = 1024 * 1024;

  /** Bytes of heap that one byte of a file takes at worst: bytes, text, tree and answer. */
  private static final long HEAP_PER_BYTE = 8;

  /** Takes the limit of models down to what Java can hold. */
  public Options {
    maxJsonBytes = Math.min(maxJsonBytes, MAX_JSON_BYTES);
  }

  /** jupyter_server's defaults; models of 256 MiB, or of what an eighth of the heap holds. */
  public static Options defaults() {
    long json = Math.min(256 * MIB, Runtime.getRuntime().maxMemory() / HEAP_PER_BYTE);
    return new Options(false, false, json, 500 * MIB, 022, null);
  }

  /** The same, with hidden files served or not. */
  public Options withAllowHidden(boolean allow) {
    return new Options(allow, deleteFullDirectories, maxJsonBytes, maxCopyBytes, umask, signatures);
  }

  /** The same, with full directories deletable or not. */
  public Options withDeleteFullDirectories(boolean allow) {
    return new Options(allowHidden, allow, maxJsonBytes, maxCopyBytes, umask, signatures);
  }

  /** The same, with other limits in bytes. */
  public Options withLimits(long json, long copy) {
    return new Options(allowHidden, deleteFullDirectories, json, copy, umask, signatures);
  }

  /** The same, for a user with another umask. */
  public Options withUmask(int mask) {
    return new Options(
        allowHidden, deleteFullDirectories, maxJsonBytes, maxCopyBytes, mask, signatures);
  }

  /** The same, with trust remembered in a file. */
  public Options withSignatures(Path file) {
    return new Options(allowHidden, deleteFullDirectories, maxJsonBytes, maxCopyBytes, umask, file);
  }
}
