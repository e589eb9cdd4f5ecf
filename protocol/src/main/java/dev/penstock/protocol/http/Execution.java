package dev.penstock.protocol.http;

import dev.penstock.protocol.json.Trees;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Code that a session runs. Thread-safe. */
public final class Execution extends Running {

  Execution(Transport transport, String session, String id) {
    super(transport, session, session + "/executions/" + Call.part(id) + "/outputs", id);
  }

  /**
   * What came out; waits for it.
   *
   * @throws CodeException if it did not end well
   */
  public JsonNode result() {
    return await().result();
  }

  /** What it writes to stdout, as it comes; to be closed by whoever stops before the end. */
  public Stream<String> text() {
    return entries().stream()
        .filter(entry -> entry instanceof Entry.Text text && text.stream().equals("stdout"))
        .map(entry -> ((Entry.Text) entry).text());
  }

  /**
   * Answers {@code input()}.
   *
   * @throws RefusedException 409 if it asks nothing
   */
  public void sendInput(String value) {
    tell(Call.post(path() + "/stdin", Trees.object().put("value", value)));
  }
}
