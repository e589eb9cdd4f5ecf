package dev.penstock.gateway.pathview;

import dev.penstock.gateway.kernels.Kernel;
import dev.penstock.gateway.kernels.Running;
import dev.penstock.gateway.verbs.Verbs;
import dev.penstock.protocol.message.Header;
import dev.penstock.protocol.message.WireException;
import org.jspecify.annotations.Nullable;

/** What a kernel does now, whoever asked for it. */
final class Doing {
  private Doing() {}

  /**
   * Whether it runs something that is no stream of values. What is neither a cell nor a stream
   * (docs/verbs.md) shows in its state only.
   */
  static boolean works(Kernel kernel) {
    Header request = request(kernel);
    return kernel.view().executionState().equals("busy")
        && (request == null || !request.msgType().equals("penstock_stream_request"));
  }

  /** Whether it runs a stream that this client started. */
  static boolean streams(Kernel kernel, Verbs client) {
    Header request = request(kernel);
    return request != null && client.asked(request);
  }

  private static @Nullable Header request(Kernel kernel) {
    Running running = kernel.running();
    try {
      return running == null ? null : Header.parse(running.request());
    } catch (WireException e) {
      return null; // no client's of ours
    }
  }
}
