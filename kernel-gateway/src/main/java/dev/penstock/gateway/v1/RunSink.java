package dev.penstock.gateway.v1;

import dev.penstock.gateway.logview.OutputSink;
import java.io.IOException;

/** How a client is told an execution's outputs, and its end. */
interface RunSink extends OutputSink {
  /** It is over. */
  void exit(RunView run) throws IOException;
}
