package dev.penstock.gateway.contents;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * openat(2), the one call that Java's file API lacks: to open a name relative to a directory that
 * is held open, and to tell its descriptor's number.
 */
final class Openat {
  private static final int AT_FDCWD = -100;
  private static final int O_PATH = 0x200000;
  private static final int O_CLOEXEC = 0x80000;

  /** ARM and POWER number these two otherwise than the other Linux platforms. */
  private static final boolean SWAPPED =
      System.getProperty("os.arch", "").matches("(?i)(aarch64|arm.*|ppc.*)");

  private static final int O_DIRECTORY = SWAPPED ? 0x4000 : 0x10000;
  private static final int O_NOFOLLOW = SWAPPED ? 0x8000 : 0x20000;

  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int EINTR = 4;
  private static final int EACCES = 13;
  private static final int ENOTDIR = 20;
  private static final int ENAMETOOLONG = 36;
  private static final int ELOOP = 40;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle OPENAT =
      function(
          "openat",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(3));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private Openat() {}

  // "restricted": a call out of Java, which the jar's manifest allows.
  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
  }

  static int directory(String path) throws IOException {
    return open(AT_FDCWD, path, O_PATH | O_CLOEXEC | O_DIRECTORY);
  }

  static int directory(int parent, String name) throws IOException {
    return open(parent, name, O_PATH | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
  }

  static int anything(int parent, String name) throws IOException {
    return open(parent, name, O_PATH | O_CLOEXEC | O_NOFOLLOW);
  }

  private static int open(int parent, String name, int flags) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment text = arena.allocateFrom(name, StandardCharsets.UTF_8);
      while (true) {
        int descriptor = (int) OPENAT.invokeExact(state, parent, text, flags);
        if (descriptor >= 0) {
          return descriptor;
        }
        int error = (int) ERRNO.get(state, 0L);
        if (error != EINTR) {
          throw failure(name, error);
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      // A method handle may throw anything; this one has nothing else to throw.
      throw new IllegalStateException("openat", e);
    }
  }

  private static IOException failure(String name, int error) {
    return switch (error) {
      case ENOENT -> new NoSuchFileException(name);
      case ENOTDIR, ELOOP -> new NotDirectoryException(name);
      case EACCES, EPERM -> new AccessDeniedException(name);
      case ENAMETOOLONG -> new FileSystemException(name, null, "File name too long");
      default -> new FileSystemException(name, null, "openat: error number " + error);
    };
  }

  static void close(int descriptor) {
    try {
      // What close answers says nothing of use for a descriptor without data (O_PATH).
      var _ = (int) CLOSE.invokeExact(descriptor);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      // A method handle may throw anything; this one has nothing else to throw.
      throw new IllegalStateException("close", e);
    }
  }
}
