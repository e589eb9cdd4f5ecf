package dev.penstock.gateway.foreign;

import java.nio.file.Path;
import java.util.List;

/**
 * What starts other people's kernels.
 *
 * @param tether command of the process that holds a kernel (docs/local-sockets.md, "Tether")
 * @param python the server's Python, which {@code python} in a kernelspec means
 * @param prefix that Python's {@code sys.prefix}
 * @param runtime the runtime directory, mode 0700
 */
public record ForeignSettings(List<String> tether, Path python, Path prefix, Path runtime) {
  /** Keeps a copy of the command. */
  public ForeignSettings {
    tether = List.copyOf(tether);
  }
}
