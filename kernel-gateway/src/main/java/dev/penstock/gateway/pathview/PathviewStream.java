package dev.penstock.gateway.pathview;

import dev.penstock.gateway.verbs.StreamHandle;
import dev.penstock.gateway.verbs.VerbError;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A stream as its client knows it. Thread-safe. */
final class PathviewStream {
  private final StreamHandle handle;
  private final JsonNode id;
  private volatile boolean ending;
  private volatile boolean read;

  /**
   * A stream that was started.
   *
   * @param id what the client calls it
   */
  PathviewStream(StreamHandle handle, JsonNode id) {
    this.handle = handle;
    this.id = id;
  }

  StreamHandle handle() {
    return handle;
  }

  JsonNode id() {
    return id;
  }

  /** Asks it to end after its step; what is sent to the kernel then finds it ended. */
  void stop() throws InterruptedException {
    if (!ending) {
      VerbError _ = handle.stop(); // one that has ended need not
      ending = true;
    }
  }

  /**
   * Has code executed before the next step.
   *
   * @return why it will not be; null if it will, or the stream has ended
   */
  @Nullable VerbError execute(String code) throws InterruptedException {
    VerbError error = ending || code.isEmpty() ? null : handle.execute(code);
    return error != null && error.ename().equals("NoStreamError") ? null : error;
  }

  /** A reader has seen its end. */
  void ended() {
    ending = true;
    read = true;
  }

  /** Whether a reader has seen its end; where nobody reads, it may have ended all the same. */
  boolean isRead() {
    return read;
  }
}
