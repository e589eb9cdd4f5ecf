package dev.penstock.protocol.client;

import dev.penstock.protocol.message.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message that running code caused on iopub (messaging spec, "Messages on the IOPub channel").
 */
public sealed interface Output {

  /**
   * Text written to a standard stream.
   *
   * @param name {@code stdout} or {@code stderr}
   */
  record Stream(String name, String text) implements Output {}

  /** Something shown; {@code data} maps MIME types to values. */
  record DisplayData(ObjectNode data, ObjectNode metadata, @Nullable String displayId)
      implements Output {
    /** The {@code text/plain} form, or "". */
    public String text() {
      return plain(data);
    }
  }

  /** A new state of everything that was shown with this id. */
  record UpdateDisplayData(ObjectNode data, ObjectNode metadata, @Nullable String displayId)
      implements Output {
    /** The {@code text/plain} form, or "". */
    public String text() {
      return plain(data);
    }
  }

  /** The value of the last expression. */
  record ExecuteResult(int executionCount, ObjectNode data, ObjectNode metadata) implements Output {
    /** The {@code text/plain} form, or "". */
    public String text() {
      return plain(data);
    }
  }

  /** An exception that ended the code; the lines have ANSI colours. */
  @SuppressWarnings("AvoidCommonTypeNames") // the spec's name; used as Output.Error
  record Error(String ename, String evalue, List<String> traceback) implements Output {}

  /**
   * What was shown so far goes away.
   *
   * @param await true if it stays until the next output comes; the spec's field of the name that
   *     records may not use
   */
  record ClearOutput(boolean await) implements Output {}

  /** The code, now that it runs. */
  record ExecuteInput(String code, int executionCount) implements Output {}

  /**
   * State of the kernel.
   *
   * @param executionState {@code busy}, {@code idle} or {@code starting}
   */
  record Status(String executionState) implements Output {}

  /** Any other message, such as those of comms. */
  record Other(String msgType, ObjectNode content, Message message) implements Output {}

  private static String plain(ObjectNode data) {
    return data.path("text/plain").asString("");
  }
}
