package dev.penstock.protocol.http;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Code did not end well. */
public final class CodeException extends PenstockException {

  private static final long serialVersionUID = 1L;

  private final String state;
  private final String ename;
  private final String evalue;
  private final String[] traceback;

  private CodeException(String state, String ename, String evalue, List<String> traceback) {
    super(evalue.isEmpty() ? ename : ename + ": " + evalue);
    this.state = state;
    this.ename = ename;
    this.evalue = evalue;
    this.traceback = traceback.toArray(String[]::new);
  }

  /** From the {@code error} of an execution. */
  static CodeException of(String state, JsonNode error) {
    return new CodeException(
        state,
        error.path("ename").asString(state),
        error.path("evalue").asString(""),
        error.path("traceback").valueStream().map(JsonNode::asString).toList());
  }

  /** {@code error}, {@code aborted} or {@code cancelled}. */
  public String state() {
    return state;
  }

  /** Name of the exception. */
  public String ename() {
    return ename;
  }

  /** Its text. */
  public String evalue() {
    return evalue;
  }

  /** Lines, as IPython shows them. */
  public List<String> traceback() {
    return List.of(traceback);
  }
}
