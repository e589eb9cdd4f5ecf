package dev.penstock.protocol.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** An answer's body that becomes a file here, piece by piece. */
final class Download {

  private static final int PIECE = 1 << 16;

  private Download() {}

  /**
   * Makes or replaces {@code to} when all of it is here.
   *
   * @throws IOException if it cannot be written
   */
  static void to(Path to, Transport transport, Call call) throws IOException {
    Path part = to.resolveSibling(".%s.%s".formatted(to.getFileName(), UUID.randomUUID()));
    try {
      Patience patience = transport.patience();
      while (!isComplete(part, transport.stream(call, patience), patience)) {
        // once more, from the beginning
      }
      Files.move(part, to, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      boolean _ = Files.deleteIfExists(part);
    }
  }

  /** Whether the answer came whole; else it has waited for the next attempt. */
  private static boolean isComplete(Path part, InputStream in, Patience patience)
      throws IOException {
    try (in;
        OutputStream out = Files.newOutputStream(part)) {
      byte[] piece = new byte[PIECE];
      while (true) {
        int length;
        try {
          length = in.read(piece);
        } catch (IOException e) {
          // The connection; what goes wrong here is its caller's.
          patience.after(e);
          return false;
        }
        if (length < 0) {
          return true;
        }
        out.write(piece, 0, length);
      }
    }
  }
}
