package dev.penstock.gateway.orphans;

import dev.penstock.gateway.kernels.Kernel;
import java.util.List;

/** Which notebooks kernels belong to, and whether somebody has them open. Thread-safe. */
public interface Documents {
  /** Paths of a kernel's notebooks below the root, without a slash in front; mostly one. */
  List<String> of(Kernel kernel);

  /** Whether a client is connected that may have the notebook at this path open. */
  boolean isHeld(String path);
}
