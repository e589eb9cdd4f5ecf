package dev.penstock.protocol.zmq;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * Picks ports outside the range from which the system takes ports for outgoing connections, so that
 * a kernel that stopped finds its ports still free when it starts again.
 *
 * @param firstEphemeral lowest port of the system's range
 * @param lastEphemeral highest port of the system's range
 */
record Ports(int firstEphemeral, int lastEphemeral) {

  /** Below are the ports of well-known services. */
  private static final int LOWEST = 10_000;

  private static final int HIGHEST = 65_535;
  private static final Path LINUX_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

  private static final int MAX_TEXT = 64;

  /** The ranges of Linux (32768-60999) and of macOS and IANA (49152-65535) together. */
  private static final Ports FALLBACK = new Ports(32_768, HIGHEST);

  /** What this system says, or a range that suits all systems. */
  static Ports ofSystem() {
    try (InputStream range = Files.newInputStream(LINUX_RANGE)) {
      // In one read: such a file is at its end after the first one, and Files.readString, which
      // trusts the size of 0, begins with a read of one byte.
      return parse(new String(range.readNBytes(MAX_TEXT), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // Not Linux, or /proc is hidden.
      return FALLBACK;
    }
  }

  static Ports parse(String range) {
    String[] ends = range.strip().split("\\s+", -1);
    try {
      return new Ports(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
    } catch (NumberFormatException e) {
      // A kernel with another format: the fallback is right for its defaults.
      return FALLBACK;
    }
  }

  /** A random port outside the range; any unprivileged one if the range leaves almost none. */
  int pick(RandomGenerator random) {
    int below = Math.max(0, firstEphemeral - LOWEST);
    int above = Math.max(0, HIGHEST - lastEphemeral);
    if (below + above < 100) {
      return random.nextInt(LOWEST, HIGHEST + 1);
    }
    int n = random.nextInt(below + above);
    return n < below ? LOWEST + n : lastEphemeral + 1 + n - below;
  }
}
